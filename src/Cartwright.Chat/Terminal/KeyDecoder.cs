using System.Text;

namespace Cartwright.Chat.Terminal;

/// <summary>Makes keys of the bytes that a terminal sends (xterm's sequences, which all others follow). Bytes may come in any pieces.</summary>
internal sealed class KeyDecoder
{
    private const byte Escape = 0x1B;
    private static readonly byte[] PasteEnd = "\e[201~"u8.ToArray();

    private readonly List<byte> _bytes = [];
    private bool _pasting;

    /// <summary>True when a sequence has begun and may go on. An Escape key alone looks like one, until nothing follows.</summary>
    public bool IsWaiting => _bytes.Count > 0 && !_pasting;

    public void Feed(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

    /// <summary>The next whole key, or none when its bytes have not all come.</summary>
    public bool TryTake(out Key key)
    {
        key = default;
        if (_pasting)
        {
            return TryTakePaste(out key);
        }

        if (_bytes.Count == 0)
        {
            return false;
        }

        var first = _bytes[0];
        return first switch
        {
            Escape => TryTakeSequence(out key),
            0x0D => Take(1, new Key(KeyKind.Enter), out key),
            0x0A => Take(1, new Key(KeyKind.LineBreak), out key),
            0x09 => Take(1, new Key(KeyKind.Tab), out key),
            0x7F or 0x08 => Take(1, new Key(KeyKind.Backspace), out key),
            0 => Take(1, Key.Control(' '), out key),
            < 0x1B => Take(1, Key.Control((char)(first + 0x60)), out key),
            < 0x20 => Take(1, Key.Control((char)(first + 0x40)), out key),
            _ => TryTakeText(0, KeyKind.Text, out key),
        };
    }

    /// <summary>Nothing more has come: what is there was a key of its own.</summary>
    public Key Give()
    {
        var wasEscape = _bytes is [Escape];
        _bytes.Clear();
        return new Key(wasEscape ? KeyKind.Escape : KeyKind.Other);
    }

    private bool Take(int count, Key taken, out Key key)
    {
        _bytes.RemoveRange(0, count);
        key = taken;
        return true;
    }

    private bool TryTakeSequence(out Key key)
    {
        key = default;
        if (_bytes.Count < 2)
        {
            return false;
        }

        return _bytes[1] switch
        {
            (byte)'[' => TryTakeControlSequence(out key),
            (byte)'O' => _bytes.Count >= 3 && Take(3, Final(_bytes[2], 1), out key),
            Escape => Take(1, new Key(KeyKind.Escape), out key),
            0x0D or 0x0A => Take(2, new Key(KeyKind.LineBreak), out key),
            0x7F or 0x08 => Take(2, new Key(KeyKind.DeleteWordLeft), out key),
            < 0x20 => Take(2, new Key(KeyKind.Other), out key),
            _ => TryTakeText(1, KeyKind.Alt, out key),
        };
    }

    /// <summary>ECMA-48 5.4: ESC [, parameters, intermediates, a final byte.</summary>
    private bool TryTakeControlSequence(out Key key)
    {
        key = default;
        var at = 2;
        if (_bytes.Count > 2 && _bytes[2] == '[')
        {
            // The Linux console's function keys: ESC [ [ and a letter.
            return _bytes.Count >= 4 && Take(4, new Key(KeyKind.Other), out key);
        }

        while (at < _bytes.Count && _bytes[at] is >= 0x20 and < 0x40)
        {
            at++;
        }

        if (at == _bytes.Count)
        {
            return false;
        }

        var numbers = Encoding.ASCII.GetString([.. _bytes[2..at]]).Split(';').Select(text => int.TryParse(text, out var number) ? number : 1).ToArray();
        var final = _bytes[at];
        if (final == '~' && numbers[0] == 200)
        {
            _bytes.RemoveRange(0, at + 1);
            _pasting = true;
            return TryTakePaste(out key);
        }

        var modifier = numbers.Length > 1 ? numbers[1] : 1;
        return Take(at + 1, final switch
        {
            (byte)'~' => Numbered(numbers, modifier),
            (byte)'u' when numbers[0] == 13 && modifier > 1 => new Key(KeyKind.LineBreak),
            (byte)'u' when numbers[0] == 13 => new Key(KeyKind.Enter),
            (byte)'Z' => new Key(KeyKind.BackTab),
            _ => Final(final, modifier),
        }, out key);
    }

    /// <summary>Keys that are told by their last letter. A modifier above 2 is Alt or Ctrl, and moves by words.</summary>
    private static Key Final(byte letter, int modifier) => new(letter switch
    {
        (byte)'A' => KeyKind.Up,
        (byte)'B' => KeyKind.Down,
        (byte)'C' => modifier > 2 ? KeyKind.WordRight : KeyKind.Right,
        (byte)'D' => modifier > 2 ? KeyKind.WordLeft : KeyKind.Left,
        (byte)'H' => KeyKind.Home,
        (byte)'F' => KeyKind.End,
        (byte)'M' => KeyKind.Enter,
        _ => KeyKind.Other,
    });

    /// <summary>Keys that are told by a number; 27 is xterm's way to send modified others, such as Shift-Enter.</summary>
    private static Key Numbered(int[] numbers, int modifier) => new(numbers[0] switch
    {
        1 or 7 => KeyKind.Home,
        4 or 8 => KeyKind.End,
        3 => modifier > 2 ? KeyKind.DeleteWordRight : KeyKind.Delete,
        5 => KeyKind.PageUp,
        6 => KeyKind.PageDown,
        27 when numbers is [_, _, 13, ..] => KeyKind.LineBreak,
        _ => KeyKind.Other,
    });

    private bool TryTakeText(int from, KeyKind kind, out Key key)
    {
        key = default;
        var first = _bytes[from];
        var length = first switch
        {
            < 0x80 => 1,
            >= 0xC2 and < 0xE0 => 2,
            >= 0xE0 and < 0xF0 => 3,
            >= 0xF0 and < 0xF5 => 4,
            _ => 0,
        };
        if (length == 0)
        {
            return Take(from + 1, new Key(KeyKind.Other), out key);
        }

        if (_bytes.Count < from + length)
        {
            return false;
        }

        var text = Encoding.UTF8.GetString([.. _bytes[from..(from + length)]]);
        return Take(from + length, new Key(kind, text), out key);
    }

    private bool TryTakePaste(out Key key)
    {
        key = default;
        var bytes = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_bytes);
        var end = bytes.IndexOf(PasteEnd);
        if (end < 0)
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(bytes[..end]);
        _pasting = false;
        return Take(end + PasteEnd.Length, new Key(KeyKind.Paste, PlainText(text)), out key);
    }

    /// <summary>What may stand in a message: no control characters but line ends.</summary>
    private static string PlainText(string text)
    {
        var plain = new StringBuilder(text.Length);
        foreach (var character in text.ReplaceLineEndings("\n"))
        {
            if (character == '\t')
            {
                plain.Append("    ");
            }
            else if (character == '\n' || !char.IsControl(character))
            {
                plain.Append(character);
            }
        }

        return plain.ToString();
    }
}
