// C# 5, and nothing but mscorlib and System: what Windows PowerShell 5.1 compiles. Texts are bytes, one a character.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;

/// <summary>Why a file is left alone, as the rest of a sentence that begins with its name.</summary>
public class TollgateRefusal : Exception
{
    public TollgateRefusal(string why) : base(why) { }
}

/// <summary>Changes one thing in a file of one syntax and leaves every other byte as it is.</summary>
public abstract class TollgateEditor
{
    public const string Bom = "\u00ef\u00bb\u00bf";

    /// <summary>The value as written; null: there is none.</summary>
    public abstract string Get(string text, string[] path);
    public abstract string Set(string text, string[] path, string raw);
    public abstract string Remove(string text, string[] path);
    public virtual bool IsBlank(string text) { return TrimWhite(text) == ""; }

    public static string TrimWhite(string text) { return text.Trim(' ', '\t', '\r', '\n'); }
    public static string LineEnd(string text)
    {
        int at = text.IndexOf('\n');
        return at > 0 && text[at - 1] == '\r' ? "\r\n" : "\n";
    }
    public static string[] Head(string[] path, int count)
    {
        string[] head = new string[count];
        Array.Copy(path, head, count);
        return head;
    }
}

/// <summary>An object or array, by its places in the text.</summary>
public class TollgateContainer
{
    public bool IsArray;
    public int Open, Close;
    public List<TollgateMember> Members = new List<TollgateMember>();
}

public class TollgateMember
{
    public string Key;
    public int Start, ValueStart, ValueEnd, Comma = -1;
}

/// <summary>JSON with comments.</summary>
public class TollgateJson : TollgateEditor
{
    private static readonly Regex Gap = new Regex(@"\G(?:[ \t\r\n]+|//[^\n]*|/\*[\s\S]*?\*/)*");
    private static readonly Regex Text = new Regex(@"\G""(?:[^""\\\n]|\\.)*""");
    private static readonly Regex Literal = new Regex(@"\G(?:-?[0-9][0-9.eE+-]*|true|false|null)");
    private static readonly Regex Tail = new Regex(@"\G[ \t]*(?:/\*[^\n]*?\*/[ \t]*)*(?://[^\r\n]*)?(?=\r?\n)");
    private static readonly Regex Element = new Regex(@"^\[([^=\]]+)=([^\]]*)\]$");

    private class Unreadable : Exception
    {
        public readonly int At;
        public Unreadable(int at) { At = at; }
    }

    private static int SkipGap(string text, int at)
    {
        Match match = Gap.Match(text, at);
        return match.Success ? at + match.Length : at;
    }
    private static int Start(string text) { return SkipGap(text, text.StartsWith(Bom, StringComparison.Ordinal) ? Bom.Length : 0); }
    private static bool IsEmpty(string text) { return Start(text) >= text.Length; }
    private static char At(string text, int at) { return at < text.Length ? text[at] : '\0'; }

    private static int ValueEnd(string text, int at, int depth)
    {
        char first = At(text, at);
        if (first == '{' || first == '[') return Scan(text, at, depth).Close + 1;
        Match match = (first == '"' ? Text : Literal).Match(text, Math.Min(at, text.Length));
        if (!match.Success) throw new Unreadable(at);
        return at + match.Length;
    }

    private static TollgateContainer Scan(string text, int open, int depth)
    {
        if (depth > 100) throw new Unreadable(open);
        TollgateContainer found = new TollgateContainer { Open = open, IsArray = text[open] == '[' };
        char closing = found.IsArray ? ']' : '}';
        int at = SkipGap(text, open + 1);
        for (; ; )
        {
            if (At(text, at) == closing) { found.Close = at; return found; }
            int count = found.Members.Count;
            if (count > 0 && found.Members[count - 1].Comma < 0) throw new Unreadable(at);
            TollgateMember member = new TollgateMember { Start = at, ValueStart = at };
            if (!found.IsArray)
            {
                Match key = Text.Match(text, Math.Min(at, text.Length));
                int colon = key.Success ? SkipGap(text, at + key.Length) : at;
                if (!key.Success || At(text, colon) != ':') throw new Unreadable(colon);
                member.Key = text.Substring(at + 1, key.Length - 2);
                member.ValueStart = SkipGap(text, colon + 1);
            }
            member.ValueEnd = ValueEnd(text, member.ValueStart, depth + 1);
            at = SkipGap(text, member.ValueEnd);
            if (At(text, at) == ',') { member.Comma = at; at = SkipGap(text, at + 1); }
            found.Members.Add(member);
        }
    }

    private static TollgateContainer Root(string text)
    {
        int bad = Start(text);
        try
        {
            if (At(text, bad) == '{')
            {
                TollgateContainer root = Scan(text, bad, 0);
                bad = SkipGap(text, root.Close + 1);
                if (bad == text.Length) return root;
            }
        }
        catch (Unreadable fault) { bad = fault.At; }
        int line = text.Substring(0, Math.Min(bad, text.Length)).Split('\n').Length;
        throw new TollgateRefusal("is not JSON that can be read (line " + line + ")");
    }

    private static TollgateMember Find(string text, TollgateContainer container, string segment)
    {
        if (!container.IsArray) return container.Members.FindLast(delegate(TollgateMember one) { return one.Key == segment; });
        Match element = Element.Match(segment);
        string wanted = "\"" + element.Groups[2].Value + "\"";
        return container.Members.Find(delegate(TollgateMember one)
        {
            if (text[one.ValueStart] != '{') return false;
            TollgateMember named = Scan(text, one.ValueStart, 0).Members.Find(delegate(TollgateMember inner) { return inner.Key == element.Groups[1].Value; });
            return named != null && text.Substring(named.ValueStart, named.ValueEnd - named.ValueStart) == wanted;
        });
    }

    private static TollgateContainer Inside(string text, TollgateMember member)
    {
        char first = text[member.ValueStart];
        return first == '{' || first == '[' ? Scan(text, member.ValueStart, 0) : null;
    }

    public override string Get(string text, string[] path)
    {
        TollgateContainer container = IsEmpty(text) ? null : Root(text);
        TollgateMember member = null;
        foreach (string segment in path)
        {
            member = container == null ? null : Find(text, container, segment);
            if (member == null) return null;
            container = Inside(text, member);
        }
        return member == null ? null : text.Substring(member.ValueStart, member.ValueEnd - member.ValueStart);
    }

    public override string Set(string text, string[] path, string raw)
    {
        if (IsEmpty(text))
        {
            string end = LineEnd(text), rest = TrimWhite(text);
            text = rest + (rest == "" || rest == Bom ? "" : end) + "{}" + end;
        }
        for (int round = 0; round <= path.Length; round++)
        {
            TollgateContainer container = Root(text);
            for (int index = 0; index < path.Length; index++)
            {
                bool isLast = index == path.Length - 1;
                bool wantsArray = !isLast && path[index + 1].StartsWith("[", StringComparison.Ordinal);
                TollgateMember member = Find(text, container, path[index]);
                if (member == null)
                {
                    text = Insert(text, container, container.IsArray ? null : path[index], isLast ? raw : wantsArray ? "[]" : "{}");
                    if (isLast) return text;
                    break;
                }
                if (isLast) return text.Substring(0, member.ValueStart) + raw + text.Substring(member.ValueEnd);
                container = Inside(text, member);
                if (container == null || container.IsArray != wantsArray)
                    throw new TollgateRefusal("has something else than " + (wantsArray ? "a list" : "an object") + " at " + string.Join(".", Head(path, index + 1)));
            }
        }
        return text;
    }

    private static int LineStart(string text, int at) { return at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1; }
    private static string IndentAt(string text, int at)
    {
        string before = text.Substring(LineStart(text, at), at - LineStart(text, at));
        return Regex.IsMatch(before, @"^[ \t]*$") ? before : null;
    }
    private static string Unit(string text)
    {
        TollgateContainer root = Root(text);
        if (root.Members.Count == 0 || LineStart(text, root.Members[0].Start) <= root.Open) return "  ";
        string indent = IndentAt(text, root.Members[0].Start);
        return string.IsNullOrEmpty(indent) ? "  " : indent;
    }

    private static string Insert(string text, TollgateContainer container, string key, string raw)
    {
        string item = key == null ? raw : "\"" + key + "\": " + raw;
        if (container.Members.Count == 0) return InsertFirst(text, container, item);
        TollgateMember first = container.Members[0], last = container.Members[container.Members.Count - 1];
        string indent = LineStart(text, first.Start) > container.Open ? IndentAt(text, first.Start) : null;
        bool hasComma = last.Comma >= 0;
        int at = hasComma ? last.Comma + 1 : last.ValueEnd;
        if (indent == null) return text.Substring(0, at) + (hasComma ? " " + item + "," : ", " + item) + text.Substring(at);
        Match tail = Tail.Match(text, at);
        int behind = tail.Success ? at + tail.Length : at;
        return text.Substring(0, at) + (hasComma ? "" : ",") + text.Substring(at, behind - at) + LineEnd(text) + indent + item
            + (hasComma ? "," : "") + text.Substring(behind);
    }

    private static string InsertFirst(string text, TollgateContainer container, string item)
    {
        string inner = text.Substring(container.Open + 1, container.Close - container.Open - 1);
        bool isWhite = TrimWhite(inner) == "";
        string trimmed = text.TrimEnd(' ', '\t', '\r', '\n');
        if (trimmed.IndexOf('\n') < 0 && trimmed.Length > 2 + Start(text) && isWhite)
            return text.Substring(0, container.Open + 1) + item + text.Substring(container.Close);
        int lineStart = LineStart(text, container.Open);
        string indent = Regex.Match(text.Substring(lineStart, container.Open - lineStart), @"^[ \t]*").Value;
        string begin = LineEnd(text) + indent + Unit(text) + item;
        return isWhite
            ? text.Substring(0, container.Open + 1) + begin + LineEnd(text) + indent + text.Substring(container.Close)
            : text.Substring(0, container.Open + 1) + begin + text.Substring(container.Open + 1);
    }

    public override string Remove(string text, string[] path)
    {
        TollgateContainer container = IsEmpty(text) ? null : Root(text);
        for (int index = 0; index < path.Length && container != null; index++)
        {
            TollgateMember member = Find(text, container, path[index]);
            if (member == null) return text;
            if (index == path.Length - 1) return Cut(text, container, member);
            container = Inside(text, member);
        }
        return text;
    }

    private static string Cut(string text, TollgateContainer container, TollgateMember member)
    {
        int index = container.Members.IndexOf(member);
        string cut = WithoutLine(text, member.Start, member.Comma >= 0 ? member.Comma + 1 : member.ValueEnd);
        if (container.Members.Count == 1)
        {
            int close = cut.Length - (text.Length - container.Close);
            string inner = close > container.Open ? cut.Substring(container.Open + 1, close - container.Open - 1) : "";
            return TrimWhite(inner) == "" ? text.Substring(0, container.Open + 1) + text.Substring(container.Close) : cut;
        }
        int before = index > 0 ? container.Members[index - 1].Comma : -1;
        return index == container.Members.Count - 1 && member.Comma < 0 && before >= 0 ? cut.Remove(before, 1) : cut;
    }

    private static string WithoutLine(string text, int from, int to)
    {
        int lineStart = LineStart(text, from);
        Match rest = Regex.Match(text.Substring(to), @"^[ \t]*(?:\r?\n|\z)");
        if (Regex.IsMatch(text.Substring(lineStart, from - lineStart), @"^[ \t]*\z") && rest.Success)
            return text.Substring(0, lineStart) + text.Substring(to + rest.Length);
        return text.Substring(0, from) + text.Substring(to).TrimStart(' ', '\t');
    }

    public override bool IsBlank(string text)
    {
        return IsEmpty(text) || Regex.IsMatch(TrimWhite(text.Substring(Start(text))), @"^\{\s*\}\z");
    }
}
