// Makes changes as the PowerShell script makes them: what to do and texts (base64) by lines, results likewise.
public static class EditHost
{
    private static readonly System.Text.Encoding Bytes = System.Text.Encoding.GetEncoding(28591);
    private static string Text(string line) { return Bytes.GetString(System.Convert.FromBase64String(line)); }

    public static void Main()
    {
        string mode;
        while ((mode = System.Console.In.ReadLine()) != null)
        {
            var changes = new System.Collections.Generic.List<TollgateChange>();
            for (int left = int.Parse(System.Console.In.ReadLine()); left > 0; left--)
            {
                string[] row = System.Console.In.ReadLine().Split('\t');
                changes.Add(new TollgateChange { IsGiven = row[0] == "given", Syntax = row[1], Path = TollgateChange.PathOf(row[2]), Value = TollgateChange.Unescape(row[3]) });
            }
            string text = Text(System.Console.In.ReadLine()), before = Text(System.Console.In.ReadLine());
            try
            {
                string made = mode == "edit" ? TollgateChange.Apply(text, changes, "") : TollgateChange.MergeOut(text, before, changes);
                System.Console.WriteLine("made " + System.Convert.ToBase64String(Bytes.GetBytes(made)));
            }
            catch (TollgateRefusal refusal) { System.Console.WriteLine("refused " + refusal.Message); }
        }
    }
}
