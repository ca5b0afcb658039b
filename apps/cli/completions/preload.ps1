# Completion of preload for PowerShell.
#   preload completion pwsh | Out-String | Invoke-Expression     also as a line of $PROFILE

Register-ArgumentCompleter -Native -CommandName preload -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $words = @($commandAst.CommandElements |
            Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
            ForEach-Object { $_.Extent.Text })
    $program = $words[0]
    $before = @($words | Select-Object -Skip 1)
    # Some versions drop an argument that is empty.
    $current = if ($wordToComplete) { $wordToComplete } else { '""' }
    & $program __complete @before $current 2>$null | ForEach-Object {
        $value, $does = $_ -split "`t", 2
        # Where we have nothing to offer, PowerShell goes on to offer files.
        if ($value -notlike ':*') {
            if (-not $does) { $does = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $does)
        }
    }
}
