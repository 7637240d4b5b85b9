
/// <summary>A change of a file: the value has {key} where the key goes.</summary>
public class TollgateChange
{
    public bool IsGiven;
    public string Syntax, Value;
    public string[] Path;

    private static readonly Dictionary<string, TollgateEditor> Editors = new Dictionary<string, TollgateEditor>
    {
        { "json", new TollgateJson() }, { "toml", new TollgateToml() }, { "yaml", new TollgateAssignments(true) },
        { "dotenv", new TollgateAssignments(false) }, { "block", new TollgateBlock() }, { "whole", new TollgateWhole() },
    };
    public TollgateEditor Editor { get { return Editors[Syntax]; } }

    public static string[] PathOf(string pointer)
    {
        if (pointer == "-") return new string[0];
        string[] path = pointer.Substring(1).Split('/');
        for (int index = 0; index < path.Length; index++) path[index] = path[index].Replace("~1", "/").Replace("~0", "~");
        return path;
    }
    public string Pointer
    {
        get
        {
            string pointer = "";
            foreach (string segment in Path) pointer += "/" + segment.Replace("~", "~0").Replace("/", "~1");
            return pointer == "" ? "-" : pointer;
        }
    }
    public static string Unescape(string text) { return Regex.Replace(text, @"\\([\\n])", delegate(Match match) { return match.Groups[1].Value == "n" ? "\n" : "\\"; }); }
    public static string Escape(string text) { return text.Replace("\\", "\\\\").Replace("\n", "\\n"); }

    /// <summary>The key in the present value; null: something else is there.</summary>
    public string KeyIn(string text)
    {
        int at = Value.IndexOf("{key}", StringComparison.Ordinal);
        string value = at < 0 ? null : Editor.Get(text, Path);
        if (value == null) return null;
        string start = Value.Substring(0, at), end = Value.Substring(at + 5);
        bool fits = value.Length > start.Length + end.Length && value.StartsWith(start, StringComparison.Ordinal) && value.EndsWith(end, StringComparison.Ordinal);
        return fits ? value.Substring(start.Length, value.Length - start.Length - end.Length) : null;
    }

    public static void CheckText(string text)
    {
        if (text.Length > 4000000) throw new TollgateRefusal("is too large for a file of settings");
        if (text.IndexOf('\0') >= 0 || text.IndexOf('\u0001') >= 0) throw new TollgateRefusal("is not text in UTF-8");
    }

    public static string Apply(string text, List<TollgateChange> changes, string key)
    {
        CheckText(text);
        foreach (TollgateChange change in changes)
        {
            string raw = change.Value.Replace("{key}", key), present = change.Editor.Get(text, change.Path);
            if (present == raw || (change.IsGiven && present != null)) continue;
            text = change.Editor.Set(text, change.Path, raw);
        }
        return text;
    }

    /// <summary>Takes changes out of a file that others changed too.</summary>
    public static string MergeOut(string text, string before, List<TollgateChange> changes)
    {
        CheckText(text);
        for (int index = changes.Count - 1; index >= 0; index--)
        {
            TollgateChange change = changes[index];
            string was = change.Editor.Get(before, change.Path), now = change.Editor.Get(text, change.Path);
            if (now == was || (change.IsGiven && now != change.Value)) continue;
            text = was == null ? change.Editor.Remove(text, change.Path) : change.Editor.Set(text, change.Path, was);
            for (int count = change.Path.Length - 1; count > 0 && change.Syntax == "json"; count--)
            {
                string[] above = TollgateEditor.Head(change.Path, count);
                string inside = change.Editor.Get(text, above);
                if (inside == null || !Regex.IsMatch(inside, @"^[[{]\s*[\]}]\z") || change.Editor.Get(before, above) != null) break;
                text = change.Editor.Remove(text, above);
            }
        }
        return text;
    }
}

/// <summary>A file of the plan or of the manifest.</summary>
public class TollgateFile
{
    public string Name, Now, Before, After, Mode = "-", Sum;
    public bool Exists, Existed;
    public List<TollgateChange> Changes = new List<TollgateChange>();

    private static readonly Encoding Bytes = Encoding.GetEncoding(28591);

    public static string Read(string file) { return Bytes.GetString(File.ReadAllBytes(file)); }

    /// <summary>Writes a file so that nobody sees half of it.</summary>
    public static void Write(string file, string text)
    {
        string beside = file + ".tollgate-" + System.Diagnostics.Process.GetCurrentProcess().Id;
        File.WriteAllBytes(beside, Bytes.GetBytes(text));
        try
        {
            if (File.Exists(file)) File.Replace(beside, file, null);
            else File.Move(beside, file);
        }
        catch
        {
            File.Delete(beside);
            throw;
        }
    }

    /// <summary>Reads what is there now; refuses what must not be written to.</summary>
    public void Look()
    {
        Exists = File.Exists(Name);
        Now = "";
        if (Directory.Exists(Name)) throw new TollgateRefusal("is not a file");
        if (!Exists) return;
        FileAttributes attributes = File.GetAttributes(Name);
        if ((attributes & FileAttributes.ReadOnly) != 0) throw new TollgateRefusal("is read-only. Allow writing, then try again");
        // A link would be replaced by what it leads to.
        if ((attributes & FileAttributes.ReparsePoint) != 0) throw new TollgateRefusal("is a link. Set up the file it leads to by hand, or replace the link by that file");
        Now = Read(Name);
    }

    /// <summary>What cksum of POSIX says about a text: sum and size.</summary>
    public static string SumOf(string text)
    {
        uint sum = 0;
        foreach (char one in text) sum = Add(sum, one);
        for (int size = text.Length; size > 0; size >>= 8) sum = Add(sum, (char)(size & 255));
        return (~sum) + " " + text.Length;
    }
    private static uint Add(uint sum, char one)
    {
        sum ^= (uint)one << 24;
        for (int bit = 0; bit < 8; bit++) sum = (sum & 0x80000000) != 0 ? (sum << 1) ^ 0x04c11db7 : sum << 1;
        return sum;
    }

    /// <summary>Lines that differ, with keys made unreadable.</summary>
    public string Difference()
    {
        string[] left = Now.Split('\n'), right = After.Split('\n');
        int[,] lengths = new int[left.Length + 1, right.Length + 1];
        for (int row = left.Length - 1; row >= 0; row--)
            for (int column = right.Length - 1; column >= 0; column--)
                lengths[row, column] = left[row] == right[column] ? lengths[row + 1, column + 1] + 1 : Math.Max(lengths[row + 1, column], lengths[row, column + 1]);
        StringBuilder shown = new StringBuilder("--- " + Name + "\n+++ " + Name + "\n");
        for (int row = 0, column = 0; row < left.Length || column < right.Length;)
        {
            if (row < left.Length && column < right.Length && left[row] == right[column]) { row++; column++; }
            else if (column >= right.Length || (row < left.Length && lengths[row + 1, column] >= lengths[row, column + 1])) shown.Append("- " + left[row++].TrimEnd('\r') + "\n");
            else shown.Append("+ " + right[column++].TrimEnd('\r') + "\n");
        }
        string text = Encoding.UTF8.GetString(Bytes.GetBytes(shown.ToString()));
        return Regex.Replace(text, @"\b(sk|pk|xai|gsk|ghp|glpat|AIza)[-_A-Za-z0-9]{8,}", "$1...");
    }
}
