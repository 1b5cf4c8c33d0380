using System.Globalization;
using Cartwright.Bench.SalesHistory;

return args switch
{
    ["make", var lines] => History.Make(long.Parse(lines, CultureInfo.InvariantCulture)),
    ["catalog"] => History.Catalog(),
    ["ask", var folder, var rounds] => await Questions.Ask(folder, int.Parse(rounds, CultureInfo.InvariantCulture)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("make LINES | catalog | ask FOLDER ROUNDS");
    return 2;
}
