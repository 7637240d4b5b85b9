
# A here-string of single quotes is taken as it is: nothing in it is a variable.
if (-not ('TollgateSetup' -as [type])) {
    Add-Type -TypeDefinition $Program -Language CSharp -IgnoreWarnings
}

function Read-TollgateKey {
    param([string] $Question)
    $secure = Read-Host -Prompt $Question -AsSecureString
    $pointer = [Runtime.InteropServices.Marshal]::SecureStringToBSTR($secure)
    try {
        return [Runtime.InteropServices.Marshal]::PtrToStringBSTR($pointer).Trim()
    } finally {
        [Runtime.InteropServices.Marshal]::ZeroFreeBSTR($pointer)
    }
}

$setup = New-Object -TypeName TollgateSetup
$setup.Table = $Table
$setup.Version = $Version
$setup.Base = $DefaultBase
$setup.Client = $DefaultClient
if ($BaseUrl) {
    $setup.Base = $BaseUrl
    $setup.IsBaseGiven = $true
}
if ($Model) { $setup.Model = $Model }
foreach ($word in @($First, $Second)) {
    if (@('setup', 'undo', 'doctor', 'list') -contains $word) { $setup.Action = $word }
    elseif ($word) { $setup.Client = $word }
}
$setup.DryRun = [bool] $DryRun
$setup.Anyway = [bool] $Anyway
$setup.Force = [bool] $Force
# The key comes from the environment, from standard input, or is asked for. Never from the command line.
if ($KeyStdin) { $setup.GivenKey = ([string] [Console]::In.ReadLine()).Trim() }
elseif ($env:TOLLGATE_API_KEY) { $setup.GivenKey = $env:TOLLGATE_API_KEY.Trim() }
else { $setup.AskKey = [Func[string, string]] { param($question) Read-TollgateKey -Question $question } }

if (-not $KeyStdin) { $setup.AskWhich = [Func[string, string]] { param($question) return (Read-Host -Prompt $question) } }

$code = $setup.Run()
$said = $setup.Output.ToString()
$said = $said.TrimEnd()
Write-Host $said
$global:LASTEXITCODE = $code
# Typed into a window, as with iex, leaving would close the window.
if ($PSCommandPath) { exit $code }
