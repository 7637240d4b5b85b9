
/// <summary>Something that is wrong, and ends the set-up.</summary>
public class TollgateStop : Exception
{
    public readonly int Code;
    public TollgateStop(string what, int code) : base(what) { Code = code; }
}

/// <summary>What the gateway answered.</summary>
public class TollgateAnswer
{
    public int Status;
    public string Body = "", Id = "", Date = "", Fault;

    public string Member(string name)
    {
        Match match = Regex.Match(Body, "\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
        // What a terminal would obey is taken out.
        return Regex.Replace(match.Groups[1].Value.Replace("\\\"", "\""), @"\p{Cc}", " ");
    }
}

public class TollgateSetup
{
    public string Table, Base = "", Client = "", Version = "", Action = "setup", Model = "", GivenKey = "";
    public bool IsBaseGiven, DryRun, Anyway, Force;
    /// <summary>Asks for the key without showing it; null: there is nobody to ask.</summary>
    public Func<string, string> AskKey;
    /// <summary>Shows lines and asks a question that may be seen; null: there is nobody to ask.</summary>
    public Func<string, string> AskWhich;
    public readonly StringBuilder Output = new StringBuilder();

    private TollgateClient client;
    private TollgateManifest kept;
    private string key;
    private bool isSick;
    private List<string> models = new List<string>();

    private void Say(string line) { Output.Append(line + "\n"); }

    /// <summary>Does what was asked for; the exit code.</summary>
    public int Run()
    {
        try
        {
            if (Action == "list")
            {
                foreach (TollgateClient one in TollgateClient.ReadTable(Table)) Say(one.Id.PadRight(16) + one.Name);
                return 0;
            }
            if (Client == "" && Action == "setup") return Choose();
            client = TollgateClient.ReadTable(Table).Find(delegate(TollgateClient one) { return one.Id == Client; });
            if (client == null) throw new TollgateStop("There is no client of that name. The action list names those there are.", 2);
            kept = TollgateManifest.Read(client.State);
            if (Action == "undo") return Undo();
            CheckBase();
            return Action == "doctor" ? Doctor() : SetUp();
        }
        catch (TollgateStop stop)
        {
            Say(stop.Message);
            return stop.Code;
        }
        catch (Exception error)
        {
            Say(error.Message);
            return 1;
        }
    }

    // Looks which clients are here, asks which of them to set up, and does each by itself.
    private int Choose()
    {
        CheckBase();
        List<string> found = new List<string>();
        string shown = "On this machine:\n";
        foreach (TollgateClient one in TollgateClient.ReadTable(Table))
        {
            string trace = one.IsByHand ? null : one.FindTrace(new List<string>());
            if (trace == null) continue;
            found.Add(one.Id);
            shown += "  " + found.Count + "  " + one.Id.PadRight(16) + trace + "\n";
        }
        if (found.Count == 0) throw new TollgateStop("None of the clients is on this machine. Nothing was changed. The word list names those that can be set up.", 1);
        if (AskWhich == null) throw new TollgateStop(shown + "There is nobody to ask which. Name one.", 2);
        int code = 0, done = 0;
        string[] words = (AskWhich(shown + "Which (numbers or names, or all)?") ?? "").Split(' ');
        foreach (string id in found)
        {
            string number = (found.IndexOf(id) + 1).ToString();
            if (Array.FindIndex(words, delegate(string word) { return word == "all" || word == id || word == number; }) < 0) continue;
            TollgateSetup one = new TollgateSetup { Table = Table, Base = Base, Client = id, Version = Version, Model = Model, GivenKey = GivenKey, IsBaseGiven = true, DryRun = DryRun, AskKey = AskKey };
            code = Math.Max(code, one.Run());
            GivenKey = one.key ?? GivenKey;
            Say(one.Output.ToString());
            done++;
        }
        if (done == 0) throw new TollgateStop("None was chosen. Nothing was changed.", 1);
        return code;
    }

    private void CheckBase()
    {
        if (!IsBaseGiven && Action == "doctor" && kept != null) Base = kept.Base;
        Base = Regex.Replace(Base.TrimEnd('/'), @"/v1(beta)?\z", "");
        if (Base == "") throw new TollgateStop("This gateway has no public address in its configuration (public_url). Give its address with -BaseUrl https://gateway.example", 2);
        if (!Regex.IsMatch(Base, @"^https?://(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?\z"))
            throw new TollgateStop("That is not a base URL. Give one with -BaseUrl https://gateway.example", 2);
        if (Model != "" && !IsModel(Model)) throw new TollgateStop("That is not a name of a model.", 2);
    }
    private static bool IsModel(string name) { return name != null && Regex.IsMatch(name, @"^[A-Za-z0-9][A-Za-z0-9._:/@+-]{0,127}\z"); }

    private int SetUp()
    {
        List<string> looked = new List<string>();
        if (!client.IsByHand && client.FindTrace(looked) == null && !Anyway)
            throw new TollgateStop(client.Name + " is not on this machine. Looked for: " + string.Join(", ", looked.ToArray()) + ". Nothing was changed. Install it first, or set it up all the same with -Anyway.", 1);
        if (DryRun) return Show();
        ReadKey();
        models = Models();
        if (Model == "") Model = (kept != null && models.Contains(kept.Model) ? kept.Model : client.ChooseModel(models)) ?? "";
        if (!IsModel(Model)) throw new TollgateStop("This key may use no model. Nothing was changed. Name one with -Model.", 1);
        if (!client.IsByHand) Write(WorkOut());
        foreach (string step in client.Steps) Say(TollgateClient.Fill(step, Base, Model));
        string reached;
        bool isGood = TryRequest(out reached);
        Say(reached);
        string conflicts = Conflicts(key);
        if (conflicts != "") Say("But here " + conflicts + " is set, which " + client.Name + " may take instead. Take it out of the environment.");
        return isGood ? 0 : 1;
    }

    // Variables that the client may take instead of what was set up. One that says the same is in nobody's way.
    private string Conflicts(string present)
    {
        List<string> conflicts = new List<string>();
        foreach (string name in client.Conflicts)
        {
            string value = name == "TOLLGATE_API_KEY" ? GivenKey : Environment.GetEnvironmentVariable(name);
            if (!string.IsNullOrEmpty(value) && value != present && value != Base && value != Base + "/v1") conflicts.Add(name);
        }
        return string.Join(", ", conflicts.ToArray());
    }

    private int Show()
    {
        if (Model == "" && kept != null) Model = kept.Model;
        if (Model == "") { Model = "MODEL"; if (!client.IsByHand) Say("The model is chosen when the gateway is asked; -Model names one."); }
        key = "(your key)";
        foreach (TollgateFile file in WorkOut()) if (file.Now != file.After) Output.Append(file.Difference());
        if (client.IsByHand) foreach (string step in client.Steps) Say(TollgateClient.Fill(step, Base, Model));
        Say("Nothing was changed.");
        return 0;
    }

    private void ReadKey()
    {
        string present = TollgateManifest.KeyIn(kept);
        key = GivenKey != "" ? GivenKey : AskKey != null ? AskKey(present == null ? "Tollgate key" : "Tollgate key (Enter keeps the present one)") : "";
        if (string.IsNullOrEmpty(key)) key = present ?? "";
        if (!Regex.IsMatch(key, @"^[A-Za-z0-9._~+-]{8,256}\z"))
            throw new TollgateStop(key == "" ? "No key was given. Put it into TOLLGATE_API_KEY, or use -KeyStdin." : "That is not a key: keys are letters, digits and the signs - _ . ~ +, without spaces.", 1);
    }

    // Works out every file, on top of what was there before an earlier set-up. Changes nothing.
    private List<TollgateFile> WorkOut()
    {
        List<TollgateFile> files = client.Plan(Base, Model, models);
        foreach (TollgateFile file in files)
        {
            try
            {
                file.Look();
                file.Before = file.Now;
                file.Existed = file.Exists;
                TollgateFile before = kept == null ? null : kept.Files.Find(delegate(TollgateFile one) { return one.Name == file.Name; });
                if (before != null)
                {
                    bool isOurs = !file.Exists || TollgateFile.SumOf(file.Now) == before.Sum;
                    file.Before = isOurs ? before.Before : TollgateChange.MergeOut(file.Now, before.Before, before.Changes);
                    file.Existed = !isOurs || before.Existed;
                    file.Mode = before.Mode;
                }
                file.After = TollgateChange.Apply(file.Before, file.Changes, key);
            }
            catch (TollgateRefusal refusal) { throw new TollgateStop(file.Name + " " + refusal.Message + ". Nothing was changed.", 1); }
        }
        return files;
    }

    private void Write(List<TollgateFile> files)
    {
        TollgateManifest manifest = new TollgateManifest { Base = Base, Model = Model, Files = files };
        if (kept != null) manifest.Folders.AddRange(kept.Folders);
        foreach (TollgateFile file in files) MakeFolders(Path.GetDirectoryName(file.Name), manifest.Folders);
        // Files that only an earlier set-up changed stay with what was there before it.
        manifest.Files = new List<TollgateFile>(files);
        if (kept != null)
            foreach (TollgateFile earlier in kept.Files)
                if (!files.Exists(delegate(TollgateFile one) { return one.Name == earlier.Name; })) manifest.Files.Add(earlier);
        manifest.Write(client);
        List<string> changed = new List<string>();
        foreach (TollgateFile file in files)
        {
            if (file.Exists && file.Now == file.After) continue;
            TollgateFile.Write(file.Name, file.After);
            changed.Add("  " + file.Name);
        }
        kept = manifest;
        key = TollgateManifest.KeyIn(kept);
        if (changed.Count == 0) Say(client.Name + " is set up already: " + Base + ", model " + Model + ".");
        else Say(client.Name + " is set up for " + Base + ", model " + Model + ". Changed:\n" + string.Join("\n", changed.ToArray()) + "\nTo put them back: run this script again with: undo");
    }
    private static void MakeFolders(string folder, List<string> made)
    {
        if (Directory.Exists(folder)) return;
        MakeFolders(Path.GetDirectoryName(folder), made);
        Directory.CreateDirectory(folder);
        made.Add(folder);
    }

    private int Undo()
    {
        if (kept == null) { Say(client.Name + " was not set up here. Nothing was changed."); return 0; }
        List<TollgateFile> restored = new List<TollgateFile>();
        foreach (TollgateFile file in kept.Files)
        {
            try
            {
                file.Look();
                if (!file.Exists && !file.Existed) continue;
                file.After = file.Existed ? file.Before : null;
                bool isOurs = file.Exists && TollgateFile.SumOf(file.Now) == file.Sum;
                bool isBefore = file.Exists && file.Existed && file.Now == file.Before;
                if (!isOurs && !isBefore && !Force)
                    throw new TollgateStop(file.Name + (file.Exists ? " was changed" : " was taken away") + " since it was set up. Nothing was undone. With -Force only what the set-up wrote is taken out of it, and every other change stays.", 1);
                if (!isOurs && !isBefore && file.Exists)
                {
                    file.After = TollgateChange.MergeOut(file.Now, file.Before, file.Changes);
                    if (!file.Existed && file.Changes[0].Editor.IsBlank(file.After)) file.After = null;
                }
                restored.Add(file);
            }
            catch (TollgateRefusal refusal) { throw new TollgateStop(file.Name + " " + refusal.Message + ". Nothing was undone.", 1); }
        }
        Say(client.Name + " is as it was before it was set up.");
        foreach (TollgateFile file in restored)
        {
            if (file.After == null) File.Delete(file.Name);
            else { Directory.CreateDirectory(Path.GetDirectoryName(file.Name)); TollgateFile.Write(file.Name, file.After); }
            Say("  " + file.Name);
        }
        kept.Folders.Reverse();
        foreach (string folder in kept.Folders) RemoveEmpty(folder);
        Directory.Delete(client.State, true);
        RemoveEmpty(Path.GetDirectoryName(client.State));
        RemoveEmpty(Path.GetDirectoryName(Path.GetDirectoryName(client.State)));
        return 0;
    }
    private static void RemoveEmpty(string folder)
    {
        if (Directory.Exists(folder) && Directory.GetFileSystemEntries(folder).Length == 0) Directory.Delete(folder);
    }

    private TollgateAnswer Ask(string method, string path, string auth, string body)
    {
        TollgateAnswer answer = new TollgateAnswer();
        try
        {
            // TLS 1.2, which Windows PowerShell 5.1 does not offer by itself.
            ServicePointManager.SecurityProtocol |= (SecurityProtocolType)3072;
            HttpWebRequest request = (HttpWebRequest)WebRequest.Create(Base + path);
            request.Method = method;
            request.AllowAutoRedirect = false;
            request.Timeout = 60000;
            request.UserAgent = "tollgate-setup/" + Version + " (" + client.Id + ")";
            request.Headers[auth] = auth == "authorization" ? "Bearer " + key : key;
            if (body != null)
            {
                if (client.Format == "anthropic-messages") request.Headers["anthropic-version"] = "2023-06-01";
                request.ContentType = "application/json";
                byte[] bytes = Encoding.UTF8.GetBytes(body);
                using (Stream stream = request.GetRequestStream()) stream.Write(bytes, 0, bytes.Length);
            }
            Fill(answer, (HttpWebResponse)request.GetResponse());
        }
        catch (WebException error)
        {
            HttpWebResponse response = error.Response as HttpWebResponse;
            if (response == null) answer.Fault = Base + " does not answer: " + error.Message;
            else Fill(answer, response);
        }
        return answer;
    }
    private static void Fill(TollgateAnswer answer, HttpWebResponse response)
    {
        using (response)
        {
            answer.Status = (int)response.StatusCode;
            answer.Id = response.Headers["x-tollgate-request-id"] ?? response.Headers["x-request-id"] ?? "";
            answer.Date = response.Headers["Date"] ?? "";
            using (StreamReader reader = new StreamReader(response.GetResponseStream(), Encoding.UTF8)) answer.Body = reader.ReadToEnd();
        }
    }

    private string date = "";
    private List<string> Models()
    {
        TollgateAnswer answer = Ask("GET", "/v1/models", "authorization", null);
        if (answer.Fault != null) throw new TollgateStop(answer.Fault + " Nothing was changed.", 1);
        date = answer.Date;
        if (answer.Status != 200 && answer.Member("message") != "") throw new TollgateStop(Base + " refuses the key (" + answer.Status + "): " + answer.Member("message") + " Nothing was changed.", 1);
        if (answer.Status != 200 || answer.Body.IndexOf("\"data\"", StringComparison.Ordinal) < 0) throw new TollgateStop(Base + " is not a gateway: GET /v1/models answers " + answer.Status + ", without models. Nothing was changed.", 1);
        SortedDictionary<string, string> found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string part in answer.Body.Split('{'))
        {
            Match id = Regex.Match(part, "\"id\"\\s*:\\s*\"([^\"]*)\""), type = Regex.Match(part, "\"type\"\\s*:\\s*\"([^\"]*)\"");
            if (Regex.IsMatch(part, "\"object\"\\s*:\\s*\"model\"") && id.Success && IsModel(id.Groups[1].Value) && (!type.Success || type.Groups[1].Value == "chat"))
            {
                // Newest first; of the same time, as they came.
                Match created = Regex.Match(part, "\"created\"\\s*:\\s*([0-9]{1,15})");
                long age = long.MaxValue - (created.Success ? long.Parse(created.Groups[1].Value) : 0);
                found.Add(age.ToString("D19") + found.Count.ToString("D9"), id.Groups[1].Value);
            }
        }
        return new List<string>(found.Values);
    }

    // Sends a request as the client does, and looks whether it came to this gateway.
    private bool TryRequest(out string reached)
    {
        string text = "Tollgate setup check " + Guid.NewGuid().ToString("N").Substring(0, 12) + ". Answer with the word ok.";
        string messages = "[{\"role\":\"user\",\"content\":\"" + text + "\"}]";
        string path = "/v1/chat/completions", body = "{\"model\":\"" + Model + "\",\"max_completion_tokens\":64,\"messages\":" + messages + "}";
        if (client.Format == "openai-responses") { path = "/v1/responses"; body = "{\"model\":\"" + Model + "\",\"max_output_tokens\":64,\"store\":false,\"input\":\"" + text + "\"}"; }
        if (client.Format == "anthropic-messages") { path = "/v1/messages"; body = "{\"model\":\"" + Model + "\",\"max_tokens\":64,\"messages\":" + messages + "}"; }
        if (client.Format == "gemini") { path = "/v1beta/models/" + Model + ":generateContent"; body = "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"" + text + "\"}]}],\"generationConfig\":{\"maxOutputTokens\":64}}"; }
        TollgateAnswer answer = Ask("POST", path, client.Auth, body);
        reached = "The test request did not reach this gateway. " + answer.Fault;
        if (answer.Fault != null) return false;
        reached = "The test request did not reach this gateway. Something answered at " + Base + " (" + answer.Status + "), but it is not this gateway: it names no request.";
        if (!Regex.IsMatch(answer.Id, @"^req_\w+\z")) return false;
        reached = "The test request reached this gateway (" + answer.Id + "), which refused it with " + answer.Status + ": " + answer.Member("message");
        if (answer.Status != 200) return false;
        reached = "A test request as " + client.Name + " sends it (" + client.Format + ", " + Model + ") reached this gateway: " + answer.Id + " at " + Base;
        for (int attempt = 0; attempt < 10; attempt++)
        {
            TollgateAnswer receipt = Ask("GET", "/v1/receipts/" + answer.Id, "authorization", null);
            if (receipt.Status == 403) { reached += "."; return true; }
            if (receipt.Member("request_id") == answer.Id && receipt.Member("client_format") == client.Format)
            {
                reached += ", " + receipt.Member("provider") + " answered, $" + receipt.Member("cost_usd") + ".";
                return true;
            }
            System.Threading.Thread.Sleep(300);
        }
        reached = "The test request did not reach this gateway. " + Base + " answered as request " + answer.Id + ", but has no receipt of it.";
        return false;
    }

    private void Check(bool isGood, string text)
    {
        Say((isGood ? "ok     " : "WRONG  ") + text);
        if (!isGood) isSick = true;
    }

    private int Doctor()
    {
        string trace = client.FindTrace(new List<string>());
        Check(trace != null || client.IsByHand, "client: " + client.Name + (trace != null ? " (" + trace + ")" : client.IsByHand ? " is set up by hand." : " is not on this machine."));
        if (!client.IsByHand && kept == null) Check(false, "files: " + client.Name + " was not set up here.");
        if (kept != null) foreach (TollgateFile file in kept.Files) CheckFile(file);
        CheckEnvironment();
        CheckGateway();
        return isSick ? 1 : 0;
    }

    private void CheckFile(TollgateFile file)
    {
        if (!File.Exists(file.Name)) { Check(false, "file: " + file.Name + " is gone."); return; }
        List<string> different = new List<string>();
        string text = TollgateFile.Read(file.Name);
        foreach (TollgateChange change in file.Changes)
        {
            bool isSame;
            try { isSame = change.IsGiven || (change.Value.Contains("{key}") ? change.KeyIn(text) != null : change.Editor.Get(text, change.Path) == change.Value); }
            catch (TollgateRefusal) { isSame = false; }
            if (!isSame) different.Add(change.Path.Length == 0 ? "the block" : string.Join(".", change.Path));
        }
        Check(different.Count == 0, "file: " + file.Name + (different.Count == 0 ? " is as it was set." : " does not say what was set: " + string.Join(", ", different.ToArray()) + "."));
    }

    private void CheckEnvironment()
    {
        string set = Conflicts(TollgateManifest.KeyIn(kept));
        Check(set == "", "environment: " + (set == "" ? "no variable in the way of " + client.Name + "." : set + ": set, and " + client.Name + " may take it instead of what was set up. Take it out of the environment."));
        foreach (string name in new string[] { "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY" })
            if (!string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name))) Say("look   proxy: " + name + " is set: requests to " + Base + " may go through it. NO_PROXY makes exceptions.");
        if (client.IsRemote && Regex.IsMatch(Base, @"^http:|^https://(localhost|127\.)"))
            Check(false, "address: " + client.Name + " asks from servers of its maker, which cannot reach " + Base + ". It needs an https address on the internet.");
    }

    private void CheckGateway()
    {
        key = TollgateManifest.KeyIn(kept);
        try
        {
            if (key == null) ReadKey();
            models = Models();
        }
        catch (TollgateStop stop)
        {
            Check(false, "gateway: " + stop.Message.Replace(" Nothing was changed.", ""));
            return;
        }
        Check(true, "gateway: " + Base + " answers, and takes the key.");
        if (Model == "") Model = (kept != null ? kept.Model : client.ChooseModel(models)) ?? "";
        if (!IsModel(Model)) { Check(false, "model: this key may use no model."); return; }
        if (models.Contains(Model)) Check(true, "model: " + Model + " is there.");
        else Say("look   model: " + Model + " is not in the list of this key; an alias is not listed either.");
        DateTime now;
        if (DateTime.TryParse(date, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal, out now))
        {
            int skew = (int)(DateTime.UtcNow - now).TotalSeconds;
            if (Math.Abs(skew) < 120) Check(true, "clock: as the gateway has it.");
            else Say("look   clock: this machine is " + Math.Abs(skew) + " s " + (skew > 0 ? "ahead of" : "behind") + " the gateway.");
        }
        string reached;
        bool isGood = TryRequest(out reached);
        Check(isGood, "request: " + reached);
        if (client.IsByHand) foreach (string step in client.Steps) Say(TollgateClient.Fill(step, Base, Model));
    }
}
