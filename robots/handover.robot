*** Settings ***
Documentation       Target: an exchange folder. One XML file per case, checked against a schema; the acknowledgement of the
...                 other side is the receipt. Folders and names stand in the target's file
...                 (config/targets/handover.toml); a target of the same kind needs only a file of its own.

Resource            entry.resource
Library             robots.keywords.exchange.Exchange


*** Tasks ***
Handover
    Enter Cases


*** Keywords ***
Open Target
    ${settings}=    Target Settings
    Open Exchange    %{LAUFZETTEL_TARGET_URL}    ${settings}

Find Entry
    [Documentation]    A file that is there and not acknowledged yet is neither found nor not found. When it is asked what
    ...    became of a file, a refusal of these values is the answer, too.
    [Arguments]    ${entry}
    ${numbers}=    Search Folders    ${entry}
    IF    not $numbers and $entry.mode == 'resolve'
        ${words}=    Refusal Of These Values    ${entry}
        IF    $words    Target Refused    ${words}
    END
    RETURN    ${numbers}

Fill Entry
    [Arguments]    ${entry}
    Prepare File    ${entry}

Submit Entry
    [Documentation]    The file gets its name in the folder. No acknowledgement in time is an unclear outcome.
    [Arguments]    ${entry}
    ${answer}=    Hand Over    ${entry}
    IF    $answer.refusal    Target Refused    ${answer.refusal}
    RETURN    ${answer.number}

Read Entry
    [Arguments]    ${entry}    ${number}
    ${seen}=    Read Record    ${entry.values}    ${number}
    RETURN    ${seen}

List Entries
    [Arguments]    ${entry}
    ${records}=    List Our Records
    RETURN    ${records}

Close Target
    Close Exchange
