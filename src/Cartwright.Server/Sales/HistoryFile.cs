using System.Security.Cryptography;
using System.Text;
using Cartwright.Server.Storage;
using CsvHelper;

namespace Cartwright.Server.Sales;

/// <summary>A CSV file (RFC 4180, and what other programs make of it) with a line of headers and one line for each line of an order.</summary>
internal sealed class HistoryFile
{
    private const int BufferSize = 1 << 16;
    private const int MaxRecord = 1 << 20;

    private readonly string _path;
    private readonly HistoryColumns _columns;
    private readonly HistoryPositions _positions;
    private readonly HistoryFields _fields;
    private long _position;

    private HistoryFile(string path, HistoryColumns columns, HistoryPositions positions, HistoryFields fields) =>
        (_path, _columns, _positions, _fields) = (path, columns, positions, fields);

    public long Length => new FileInfo(_path).Length;

    /// <summary>How many bytes of it were read, about.</summary>
    public long Position => Volatile.Read(ref _position);

    /// <summary>
    /// Looks at the file's header; what is missing there is a problem, and so is a database without a catalogue. A file in another encoding
    /// than it says is one, too, before anything of it is loaded: half of its orders would be no use.
    /// </summary>
    public static async ValueTask<Result<HistoryFile>> Open(string path, HistoryColumns columns, Database database)
    {
        try
        {
            await using (var text = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan))
            {
                if (await Utf8Text.FirstBadLine(text) is { } line)
                {
                    return Problem.Invalid(
                        $"{path} is not UTF-8 (line {line}): save it as UTF-8, or convert it, if it is of a western European Windows with "
                        + "\"iconv -f WINDOWS-1252 -t UTF-8 FILE > NEW\", if it is UTF-16 without a byte order mark with \"iconv -f UTF-16LE -t UTF-8 FILE > NEW\".");
                }
            }

            using var reader = CsvReader.FromFile(path, Options(columns, _ => { }), FileOptions.SequentialScan);
            reader.ReadHeader();
            if (reader.Headers.Count == 0)
            {
                return Problem.Invalid($"{path} is empty: its first line has to name the columns.");
            }

            var positions = columns.Find([.. reader.Headers]);
            var fields = await HistoryFields.Load(database, columns);
            return !positions.Ok ? positions.Problem : !fields.Ok ? fields.Problem : new HistoryFile(path, columns, positions.Value, fields.Value);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Problem.NotFound($"{path} cannot be read: check that it is there and readable.");
        }
        catch (CsvFormatException)
        {
            return Problem.Invalid($"{path} is not a CSV file: its first line cannot be read.");
        }
    }

    /// <summary>Reads the whole file once, to recognize it when it comes again.</summary>
    public async ValueTask<HistorySource> Source(string name, CancellationToken cancellation = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{_columns}\n"));
        await using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        var buffer = new byte[BufferSize];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellation)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return new HistorySource(name, Convert.ToHexStringLower(hash.GetHashAndReset()), SalesBooks.Real, Rows);
    }

    private IEnumerable<HistoryRow> Rows(DateTimeOffset begun)
    {
        var lastDay = _fields.DayOf(begun);
        var badLine = 0L;
        using var stream = new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, FileOptions.SequentialScan);
        using var reader = CsvReader.Create(stream, Options(_columns, bad => badLine = bad.LineNumber), leaveOpen: true);
        while (Read(reader))
        {
            Volatile.Write(ref _position, reader.ByteOffset);
            var line = reader.LineNumber;
            yield return line == badLine
                ? HistoryRow.Refused(line, "a quote in the middle of a field, or one that is not closed: double it, or quote the field")
                : _fields.Read(line, reader, _positions, lastDay);
        }
    }

    private static bool Read(CsvReader reader)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException error)
        {
            throw new InvalidDataException($"line {error.LineNumber} is longer than {MaxRecord >> 10} KiB; probably a quote is opened there and never closed", error);
        }
    }

    private static CsvReaderOptions Options(HistoryColumns columns, Action<CsvMalformedRecord> bad) => new()
    {
        Separator = columns.Delimiter,
        BufferSize = BufferSize,
        MaxRecordSize = MaxRecord,
        TrackLineNumbers = true,
        TrimWhitespace = true,
        TrimInsideQuotes = true,
        OnMalformedRecord = bad,
    };
}
