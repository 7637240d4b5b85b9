
/// <summary>What the table says of the client, and what was kept of setting it up.</summary>
public class TollgateClient
{
    public string Id, Name, Format, Auth, Program, State;
    public bool IsRemote;
    public string[] Prefers = new string[0];
    public List<string[]> Signs = new List<string[]>(), Changes = new List<string[]>();
    public List<string> Conflicts = new List<string>(), Steps = new List<string>();
    public bool IsByHand { get { return Changes.Count == 0; } }

    public static readonly bool IsWindows = Path.DirectorySeparatorChar == '\\';
    public static readonly string Home = Environment.GetEnvironmentVariable(IsWindows ? "USERPROFILE" : "HOME");

    public static List<TollgateClient> ReadTable(string table)
    {
        List<TollgateClient> clients = new List<TollgateClient>();
        TollgateClient client = null;
        foreach (string line in table.Replace("\r", "").Split('\n'))
        {
            string[] row = line.Split('\t');
            if (row[0] == "C")
            {
                client = new TollgateClient { Id = row[1], Name = row[2], Format = row[3], Auth = row[4], Program = row[5] == "-" ? null : row[5], IsRemote = row[6] == "remote" };
                client.State = Path.Combine(Path.Combine(Path.Combine(Home, ".tollgate"), "setup"), client.Id);
                clients.Add(client);
            }
            else if (client == null) continue;
            else if (row[0] == "P") client.Prefers = row[1].Split(' ');
            else if (row[0] == "S") client.Signs.Add(row);
            else if (row[0] == "E") client.Changes.Add(row);
            else if (row[0] == "W") client.Conflicts.Add(row[1]);
            else if (row[0] == "T") client.Steps.Add(row[1]);
        }
        return clients;
    }

    private static string system;
    private static bool IsFor(string systems)
    {
        if (system == null) system = IsWindows ? "windows" : Directory.Exists("/System/Library/CoreServices") ? "macos" : "linux";
        return systems == "any" || Array.IndexOf(systems.Split(','), system) >= 0;
    }

    public static bool Exists(string path)
    {
        if (!path.EndsWith("*", StringComparison.Ordinal)) return File.Exists(path) || Directory.Exists(path);
        string folder = Path.GetDirectoryName(path);
        return Directory.Exists(folder) && Directory.GetFileSystemEntries(folder, Path.GetFileName(path)).Length > 0;
    }

    // Variable, folder and names of a row, from a place in it on.
    private static string Resolve(string[] row, int at)
    {
        string moved = row[at] == "-" ? null : Environment.GetEnvironmentVariable(row[at]);
        bool isMoved = moved != null && Regex.IsMatch(moved, @"^(?:/|[A-Za-z]:[\\/])");
        string root = isMoved ? moved.TrimEnd('/', '\\') : row[at + 1].Replace("~", Home);
        string first = null;
        foreach (string name in row[at + 2].Split('|'))
        {
            string path = root + "/" + name;
            if (Exists(path)) return path.EndsWith("*", StringComparison.Ordinal) ? path : Path.GetFullPath(path);
            first = first ?? path;
        }
        return first.EndsWith("*", StringComparison.Ordinal) ? first : Path.GetFullPath(first);
    }

    public string FindProgram()
    {
        if (Program == null) return null;
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
            foreach (string end in IsWindows ? new string[] { ".exe", ".cmd", ".bat", ".ps1" } : new string[] { "" })
                if (folder != "" && File.Exists(Path.Combine(folder, Program + end))) return Path.Combine(folder, Program + end);
        return null;
    }

    /// <summary>What tells that the client is here; null: nothing. Names where it was looked for.</summary>
    public string FindTrace(List<string> looked)
    {
        string program = FindProgram();
        if (program != null) return program;
        if (Program != null) looked.Add("the command " + Program);
        foreach (string[] row in Signs)
        {
            if (!IsFor(row[1])) continue;
            string path = Resolve(row, 2);
            if (Exists(path)) return path;
            looked.Add(path);
        }
        return null;
    }

    private static bool Holds(string when)
    {
        if (when == "-") return true;
        if (when.StartsWith("extension ", StringComparison.Ordinal)) return Exists(Home + "/.vscode/extensions/" + when.Substring(10) + "-*");
        return (Environment.GetEnvironmentVariable("SHELL") ?? "").EndsWith("/" + when.Substring(6), StringComparison.Ordinal);
    }

    public List<TollgateFile> Plan(string url, string model, List<string> models)
    {
        List<TollgateFile> files = new List<TollgateFile>();
        foreach (string[] row in Changes)
        {
            if (!IsFor(row[1]) || !Holds(row[9])) continue;
            string name = Resolve(row, 2);
            TollgateFile file = files.Find(delegate(TollgateFile one) { return one.Name == name; });
            if (file == null) files.Add(file = new TollgateFile { Name = name });
            TollgateChange change = new TollgateChange { Syntax = row[5], Path = TollgateChange.PathOf(row[6]), IsGiven = row[8] == "given" };
            for (int index = 0; index < change.Path.Length; index++) change.Path[index] = Fill(change.Path[index], url, model);
            string value = Regex.Replace(TollgateChange.Unescape(row[7]), @"\{model:([^}]+)\}", delegate(Match match)
            {
                return models.Find(delegate(string one) { return one.StartsWith(match.Groups[1].Value, StringComparison.Ordinal); }) ?? model;
            });
            change.Value = Fill(value, url, model);
            file.Changes.Add(change);
        }
        return files;
    }
    public static string Fill(string text, string url, string model) { return text.Replace("{base}", url).Replace("{model}", model); }

    public string ChooseModel(List<string> models)
    {
        foreach (string start in Prefers)
        {
            string found = models.Find(delegate(string model) { return model.StartsWith(start, StringComparison.Ordinal); });
            if (found != null) return found;
        }
        return models.Count > 0 ? models[0] : null;
    }
}

/// <summary>What was kept of setting a client up, in the form the other set-ups keep it too.</summary>
public class TollgateManifest
{
    public string Base, Model;
    public List<string> Folders = new List<string>();
    public List<TollgateFile> Files = new List<TollgateFile>();

    public static TollgateManifest Read(string state)
    {
        string path = Path.Combine(state, "manifest");
        if (!File.Exists(path)) return null;
        TollgateManifest kept = new TollgateManifest();
        string[] lines = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Replace("\r", "").Split('\n');
        if (lines[0] != "tollgate-setup\t1") throw new Exception(path + " was written by another version of the set-up.");
        foreach (string line in lines)
        {
            string[] row = line.Split('\t');
            if (row[0] == "base") kept.Base = row[1];
            else if (row[0] == "model") kept.Model = row[1];
            else if (row[0] == "folder") kept.Folders.Add(row[1]);
            else if (row[0] == "file")
            {
                string backup = Path.Combine(state, "backup-" + row[1]);
                kept.Files.Add(new TollgateFile { Existed = row[2] == "present", Mode = row[3], Sum = row[4], Name = row[5], Before = row[2] == "present" ? TollgateFile.Read(backup) : "" });
            }
            else if (row[0] == "made" || row[0] == "given")
                kept.Files[int.Parse(row[1]) - 1].Changes.Add(new TollgateChange { IsGiven = row[0] == "given", Syntax = row[2], Path = TollgateChange.PathOf(row[3]), Value = TollgateChange.Unescape(row[4]) });
        }
        return kept;
    }

    public void Write(TollgateClient client)
    {
        Directory.CreateDirectory(client.State);
        StringBuilder text = new StringBuilder("tollgate-setup\t1\nclient\t" + client.Id + "\nbase\t" + Base + "\nmodel\t" + Model + "\n");
        foreach (string folder in Folders) text.Append("folder\t" + folder + "\n");
        for (int index = 0; index < Files.Count; index++)
        {
            TollgateFile file = Files[index];
            string number = (index + 1).ToString(), backup = Path.Combine(client.State, "backup-" + number);
            text.Append("file\t" + number + "\t" + (file.Existed ? "present" : "absent") + "\t" + file.Mode + "\t" + (file.After == null ? file.Sum : TollgateFile.SumOf(file.After)) + "\t" + file.Name + "\n");
            foreach (TollgateChange change in file.Changes)
                text.Append((change.IsGiven ? "given" : "made") + "\t" + number + "\t" + change.Syntax + "\t" + change.Pointer + "\t" + TollgateChange.Escape(change.Value) + "\n");
            if (file.Existed) TollgateFile.Write(backup, file.Before);
            else if (File.Exists(backup)) File.Delete(backup);
        }
        // In UTF-8, a byte a character.
        TollgateFile.Write(Path.Combine(client.State, "manifest"), Encoding.GetEncoding(28591).GetString(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The key that was set up, read from where the client reads it.</summary>
    public static string KeyIn(TollgateManifest kept)
    {
        if (kept == null) return null;
        foreach (TollgateFile file in kept.Files)
        {
            if (!File.Exists(file.Name)) continue;
            foreach (TollgateChange change in file.Changes)
            {
                string key = change.KeyIn(TollgateFile.Read(file.Name));
                if (key != null) return key;
            }
        }
        return null;
    }
}
