
/// <summary>Files of lines.</summary>
public abstract class TollgateLines : TollgateEditor
{
    protected static string[] Lines(string text)
    {
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
            if (lines[index].EndsWith("\r", StringComparison.Ordinal)) lines[index] = lines[index].Substring(0, lines[index].Length - 1);
        return lines;
    }

    protected static string Appended(string text, params string[] lines)
    {
        string end = LineEnd(text), written = string.Join(end, lines);
        if (text == "") return written + end;
        return text.EndsWith("\n", StringComparison.Ordinal) ? text + written + end : text + end + written;
    }

    protected static string ReplaceLines(string text, int from, int count, params string[] by)
    {
        List<string> parts = new List<string>(text.Split('\n'));
        if (from >= parts.Count) return by.Length > 0 ? Appended(text, by) : text;
        string carriage = LineEnd(text) == "\r\n" ? "\r" : "";
        bool isAtEnd = from + count >= parts.Count;
        List<string> written = new List<string>();
        for (int index = 0; index < by.Length; index++)
        {
            // A line that takes another's place keeps its end, in files that have ends of both kinds too.
            if (count == by.Length) written.Add(by[index] + (parts[from + index].EndsWith("\r", StringComparison.Ordinal) ? "\r" : ""));
            else written.Add(isAtEnd && index == by.Length - 1 ? by[index] : by[index] + carriage);
        }
        parts.RemoveRange(from, Math.Min(count, parts.Count - from));
        parts.InsertRange(from, written);
        return string.Join("\n", parts.ToArray());
    }
}

/// <summary>NAME=value, and name: value at the outermost level of YAML.</summary>
public class TollgateAssignments : TollgateLines
{
    private readonly bool isYaml;
    public TollgateAssignments(bool isYaml) { this.isYaml = isYaml; }

    private class Found
    {
        public int Line;
        public string Before, Value, After;
    }

    private static bool Split(string rest, Found found)
    {
        if (rest.StartsWith("#", StringComparison.Ordinal)) { found.Value = ""; found.After = " " + rest; return true; }
        char quote = rest.Length > 0 ? rest[0] : '\0';
        if (quote != '"' && quote != '\'')
        {
            Match plain = Regex.Match(rest, @"^.*?(?=[ \t]+#|[ \t]*\z)");
            found.Value = plain.Value;
            found.After = rest.Substring(plain.Length);
            return true;
        }
        Match quoted = Regex.Match(rest, quote == '"' ? "^\"(?:[^\"\\\\]|\\\\.)*\"" : "^'[^']*'");
        if (!quoted.Success) return false;
        found.Value = quoted.Value;
        found.After = rest.Substring(quoted.Length);
        return Regex.IsMatch(found.After, @"^[ \t]*\z|^[ \t]+#");
    }

    private static bool IsContent(string line)
    {
        if (line.StartsWith(Bom, StringComparison.Ordinal)) line = line.Substring(Bom.Length);
        return !Regex.IsMatch(line, @"^[ \t]*(?:#.*|%.*|---[ \t]*)?\z");
    }

    private Found Find(string text, string name)
    {
        string[] lines = Lines(text);
        Regex pattern = new Regex(isYaml
            ? "^(" + name + @"[ \t]*:(?=[ \t]|\z)[ \t]*)(.*)\z"
            : @"^([ \t]*(?:export[ \t]+)?" + name + @"[ \t]*=)[ \t]*(.*)\z");
        Found found = null;
        for (int line = 0; line < lines.Length; line++)
        {
            Match match = pattern.Match(lines[line]);
            if (!match.Success) continue;
            found = new Found { Line = line, Before = match.Groups[1].Value };
            if (!Split(match.Groups[2].Value, found)) throw new TollgateRefusal("has a value of " + name + " that is not on one line");
        }
        if (isYaml) CheckYaml(lines, found);
        return found;
    }

    private static void CheckYaml(string[] lines, Found found)
    {
        bool hasContent = false;
        foreach (string line in lines)
        {
            if (hasContent && Regex.IsMatch(line, @"^(?:\.\.\.|---)(?:[ \t]|\z)")) throw new TollgateRefusal("has several documents in it");
            hasContent = hasContent || IsContent(line);
        }
        if (found == null) return;
        bool goesOn = Regex.IsMatch(found.Value, @"^[|>&*[{!]");
        for (int line = found.Line + 1; line < lines.Length && !goesOn; line++)
        {
            if (!IsContent(lines[line])) continue;
            goesOn = Regex.IsMatch(lines[line], @"^(?:[ \t]|-(?:[ \t]|\z))");
            break;
        }
        if (goesOn) throw new TollgateRefusal("has a value at " + found.Before.Trim() + " that is not on one line");
    }

    public override string Get(string text, string[] path)
    {
        Found found = Find(text, path[0]);
        return found == null ? null : found.Value;
    }
    public override string Set(string text, string[] path, string raw)
    {
        Found found = Find(text, path[0]);
        if (found == null) return Appended(text, path[0] + (isYaml ? ": " : "=") + raw);
        string gap = isYaml && found.Before.EndsWith(":", StringComparison.Ordinal) ? " " : "";
        return ReplaceLines(text, found.Line, 1, found.Before + gap + raw + found.After);
    }
    public override string Remove(string text, string[] path)
    {
        Found found = Find(text, path[0]);
        return found == null ? text : ReplaceLines(text, found.Line, 1);
    }
}

public class TollgateToml : TollgateLines
{
    private static readonly Regex Part = new Regex(@"^[ \t]*(?:([A-Za-z0-9_-]+)|""([^""\\]*)""|'([^']*)')[ \t]*");

    private class Entry
    {
        public int Line, From, To, LastLine;
        public bool IsTable;
        public string Path;
    }

    // Names with slashes before them, and what is left of the line; null: there is no name.
    private static string ReadName(string text, out string rest)
    {
        string path = "";
        for (rest = text; ; rest = rest.Substring(1))
        {
            Match part = Part.Match(rest);
            if (!part.Success) return null;
            path += "/" + (part.Groups[1].Success ? part.Groups[1].Value : part.Groups[2].Success ? part.Groups[2].Value : part.Groups[3].Value);
            rest = rest.Substring(part.Length);
            if (!rest.StartsWith(".", StringComparison.Ordinal)) return path;
        }
    }

    private static bool FindEnd(string[] lines, Entry entry)
    {
        int depth = 0, at = entry.From;
        string quote = "";
        for (int line = entry.Line; line < lines.Length; line++, at = 0)
        {
            string text = lines[line];
            int to = at;
            while (at < text.Length)
            {
                char one = text[at];
                if (quote != "")
                {
                    if (one == '\\' && quote[0] == '"') at++;
                    else if (string.CompareOrdinal(text, at, quote, 0, quote.Length) == 0) { at += quote.Length - 1; quote = ""; }
                }
                else if (one == '"' || one == '\'')
                {
                    string three = new string(one, 3);
                    quote = string.CompareOrdinal(text, at, three, 0, 3) == 0 ? three : one.ToString();
                    at += quote.Length - 1;
                }
                else if (one == '#') break;
                else if (one == '[' || one == '{') depth++;
                else if (one == ']' || one == '}') depth--;
                at++;
                if (one != ' ' && one != '\t') to = at;
            }
            if (quote.Length == 1 || depth < 0) return false;
            if (quote == "" && depth == 0) { entry.LastLine = line; entry.To = to; return true; }
        }
        return false;
    }

    private static List<Entry> Read(string[] lines)
    {
        List<Entry> entries = new List<Entry>();
        string table = "", rest;
        for (int line = 0; line < lines.Length; line++)
        {
            string text = lines[line];
            if (line == 0 && text.StartsWith(Bom, StringComparison.Ordinal)) text = "   " + text.Substring(Bom.Length);
            if (Regex.IsMatch(text, @"^[ \t]*(?:#.*)?\z")) continue;
            Entry entry = new Entry { Line = line, LastLine = line };
            bool isGood;
            if (Regex.IsMatch(text, @"^[ \t]*\["))
            {
                string name = ReadName(Regex.Replace(text, @"^[ \t]*\[\[?", ""), out rest);
                isGood = name != null && rest.StartsWith("]", StringComparison.Ordinal);
                entry.IsTable = true;
                entry.Path = table = (Regex.IsMatch(text, @"^[ \t]*\[\[") ? "/[]" : "") + name;
            }
            else
            {
                string name = ReadName(text, out rest);
                isGood = name != null && rest.StartsWith("=", StringComparison.Ordinal);
                entry.Path = table + name;
                if (isGood)
                {
                    entry.From = text.Length - rest.Substring(1).TrimStart(' ', '\t').Length;
                    isGood = FindEnd(lines, entry);
                }
            }
            if (!isGood) throw new TollgateRefusal("is not TOML that can be read (line " + (line + 1) + ")");
            entries.Add(entry);
            line = entry.LastLine;
        }
        return entries;
    }

    private static string Pointer(string[] path) { return "/" + string.Join("/", path); }
    private static string Dotted(string pointer) { return pointer.TrimStart('/').Replace('/', '.'); }
    private static Entry Find(List<Entry> entries, string pointer)
    {
        return entries.Find(delegate(Entry entry) { return !entry.IsTable && entry.Path == pointer; });
    }
    private static string ValueOf(string[] lines, Entry entry)
    {
        if (entry.LastLine != entry.Line) throw new TollgateRefusal("has a value of " + Dotted(entry.Path) + " that is not on one line");
        return lines[entry.Line].Substring(entry.From, entry.To - entry.From);
    }

    public override string Get(string text, string[] path)
    {
        string[] lines = Lines(text);
        Entry entry = Find(Read(lines), Pointer(path));
        return entry == null ? null : ValueOf(lines, entry);
    }

    public override string Set(string text, string[] path, string raw)
    {
        string[] lines = Lines(text);
        List<Entry> entries = Read(lines);
        string pointer = Pointer(path);
        Entry entry = Find(entries, pointer);
        if (entry == null) return Add(text, entries, pointer, raw);
        ValueOf(lines, entry);
        string line = lines[entry.Line];
        return ReplaceLines(text, entry.Line, 1, line.Substring(0, entry.From) + raw + line.Substring(entry.To));
    }

    private static string Add(string text, List<Entry> entries, string pointer, string raw)
    {
        string table = pointer.Substring(0, pointer.LastIndexOf('/'));
        string line = pointer.Substring(table.Length + 1) + " = " + raw;
        Entry header = null, last = null, firstTable = null;
        foreach (Entry entry in entries)
        {
            if (entry.IsTable && firstTable == null) firstTable = entry;
            if (entry.IsTable && entry.Path == table && header == null) header = entry;
            if (entry.IsTable) continue;
            if (pointer.StartsWith(entry.Path + "/", StringComparison.Ordinal))
                throw new TollgateRefusal("has " + Dotted(table) + " written in one line, where nothing can be added");
            if (entry.Path.StartsWith(table + "/", StringComparison.Ordinal) && entry.Path.IndexOf('/', table.Length + 1) < 0) last = entry;
        }
        if (table != "" && header == null)
        {
            if (last != null) throw new TollgateRefusal("has " + Dotted(table) + " written without a table of its own");
            bool hasGap = TrimWhite(text) == "" || Regex.IsMatch(text, @"\n[ \t]*\r?\n\z");
            return hasGap ? Appended(text, "[" + Dotted(table) + "]", line) : Appended(text, "", "[" + Dotted(table) + "]", line);
        }
        last = last ?? (table != "" ? header : null);
        if (last != null) return ReplaceLines(text, last.LastLine + 1, 0, line);
        return firstTable != null ? ReplaceLines(text, 0, 0, line, "") : Appended(text, line);
    }

    public override string Remove(string text, string[] path)
    {
        string[] lines = Lines(text);
        string pointer = Pointer(path), table = pointer.Substring(0, pointer.LastIndexOf('/'));
        Entry entry = Find(Read(lines), pointer);
        if (entry == null) return text;
        text = ReplaceLines(text, entry.Line, entry.LastLine - entry.Line + 1);
        if (table == "") return text;
        lines = Lines(text);
        List<Entry> entries = Read(lines);
        int index = entries.FindIndex(delegate(Entry one) { return one.IsTable && one.Path == table; });
        if (index < 0 || (index + 1 < entries.Count && !entries[index + 1].IsTable)) return text;
        int line = entries[index].Line;
        int from = line > 0 && lines[line - 1].Trim(' ', '\t') == "" ? line - 1 : line;
        return ReplaceLines(text, from, line - from + 1);
    }
}

/// <summary>Lines between two comments that mark them as ours.</summary>
public class TollgateBlock : TollgateLines
{
    private const string Begin = "# >>> tollgate setup >>>";
    private const string End = "# <<< tollgate setup <<<";

    // From and count; null: there is no block.
    private static int[] Find(string[] lines)
    {
        int from = Array.FindIndex(lines, delegate(string line) { return line.Trim(' ', '\t') == Begin; });
        int to = Array.FindIndex(lines, delegate(string line) { return line.Trim(' ', '\t') == End; });
        if (from < 0 && to < 0) return null;
        if (from < 0 || to < from) throw new TollgateRefusal("has only one of the two lines between which the set-up writes");
        return new int[] { from, to - from + 1 };
    }
    private static string White(string line) { return Regex.Match(line, @"^[ \t]*").Value; }
    private static string[] Marked(string raw, string indent, params string[] before)
    {
        List<string> marked = new List<string>(before);
        marked.Add(indent + Begin);
        foreach (string line in raw.Split('\n')) marked.Add(line == "" ? "" : indent + line);
        marked.Add(indent + End);
        return marked.ToArray();
    }

    public override string Get(string text, string[] path)
    {
        string[] lines = Lines(text);
        int[] place = Find(lines);
        if (place == null) return null;
        int indent = White(lines[place[0]]).Length;
        List<string> inside = new List<string>();
        for (int line = place[0] + 1; line < place[0] + place[1] - 1; line++)
            inside.Add(lines[line].Substring(Math.Min(indent, lines[line].Length)));
        return string.Join("\n", inside.ToArray());
    }

    private static string NextOf(string[] lines, int head)
    {
        for (int line = head + 1; line < lines.Length; line++)
            if (!Regex.IsMatch(lines[line], @"^[ \t]*(?:#.*)?\z")) return lines[line];
        return null;
    }

    public override string Set(string text, string[] path, string raw)
    {
        string[] lines = Lines(text);
        int[] place = Find(lines);
        if (place != null) return ReplaceLines(text, place[0], place[1], Marked(raw, White(lines[place[0]])));
        if (path.Length == 0) return Appended(text, Marked(raw, ""));
        string list = path[0];
        int head = Array.FindIndex(lines, delegate(string line) { return Regex.IsMatch(line, "^" + list + @"[ \t]*:(?:[ \t]|\z)"); });
        if (head < 0) return Appended(text, Marked(raw, "  ", list + ":"));
        string value = Regex.Match(lines[head], @":[ \t]*(.*?)[ \t]*(?:#.*)?\z").Groups[1].Value;
        if (Regex.IsMatch(value, @"^\[[ \t]*\]\z")) return ReplaceLines(text, head, 1, Marked(raw, "  ", list + ":"));
        string next = NextOf(lines, head);
        bool hasItems = next != null && Regex.IsMatch(next, @"^[ \t]*-(?:[ \t]|\z)");
        if (value != "" || (!hasItems && next != null && Regex.IsMatch(next, @"^[ \t]")))
            throw new TollgateRefusal("has a list of " + list + " written in a way that nothing can be added to");
        return ReplaceLines(text, head + 1, 0, Marked(raw, hasItems ? White(next) : "  "));
    }

    public override string Remove(string text, string[] path)
    {
        int[] place = Find(Lines(text));
        if (place == null) return text;
        text = ReplaceLines(text, place[0], place[1]);
        if (path.Length == 0) return text;
        string[] lines = Lines(text);
        int head = Array.FindIndex(lines, delegate(string line) { return line.TrimEnd(' ', '\t') == path[0] + ":"; });
        if (head < 0) return text;
        string next = NextOf(lines, head);
        return next != null && Regex.IsMatch(next, @"^[ \t]*-(?:[ \t]|\z)") ? text : ReplaceLines(text, head, 1, path[0] + ": []");
    }
}

/// <summary>A file that is ours as a whole.</summary>
public class TollgateWhole : TollgateEditor
{
    public override string Get(string text, string[] path)
    {
        return text == "" ? null : text.EndsWith("\n", StringComparison.Ordinal) ? text.Substring(0, text.Length - 1) : text;
    }
    public override string Set(string text, string[] path, string raw) { return raw + "\n"; }
    public override string Remove(string text, string[] path) { return ""; }
    public override bool IsBlank(string text) { return text == ""; }
}
