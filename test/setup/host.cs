// Runs the program of the PowerShell script where there is no PowerShell: its words and switches, its key, its output.
public static class Host
{
    public static int Main(string[] words)
    {
        TollgateSetup setup = new TollgateSetup();
        setup.Table = System.IO.File.ReadAllText(System.Environment.GetEnvironmentVariable("TG_TABLE"));
        setup.Base = System.Environment.GetEnvironmentVariable("TG_BASE") ?? "";
        setup.Version = "0";
        setup.GivenKey = System.Environment.GetEnvironmentVariable("TOLLGATE_API_KEY") ?? "";
        for (int index = 0; index < words.Length; index++)
        {
            string word = words[index];
            if (word == "-BaseUrl") { setup.Base = words[++index]; setup.IsBaseGiven = true; }
            else if (word == "-Model") setup.Model = words[++index];
            else if (word == "-DryRun") setup.DryRun = true;
            else if (word == "-Anyway") setup.Anyway = true;
            else if (word == "-Force") setup.Force = true;
            else if (word == "-KeyStdin") setup.GivenKey = System.Console.In.ReadLine();
            else if (word == "setup" || word == "undo" || word == "doctor" || word == "list") setup.Action = word;
            else setup.Client = word;
        }
        int code = setup.Run();
        System.Console.Out.Write(setup.Output.ToString());
        return code;
    }
}
