*** Settings ***
Documentation       Target: an HTTP interface with JSON and an idempotency key. Paths, names and places stand in the
...                 target's file (config/targets/rest.toml); a target of the same kind needs only a file of its own.

Resource            entry.resource
Library             RPA.HTTP
Library             robots.keywords.http_json.HttpJson


*** Tasks ***
Rest
    Enter Cases


*** Keywords ***
Open Target
    ${login}=    Get Secret    %{LAUFZETTEL_TARGET_SECRET}
    ${settings}=    Target Settings
    Open Interface    %{LAUFZETTEL_TARGET_URL}    ${settings}    ${login}

Find Entry
    [Arguments]    ${entry}
    ${numbers}=    Search Reference    ${entry.reference}
    RETURN    ${numbers}

Fill Entry
    [Arguments]    ${entry}
    Prepare Record    ${entry}

Submit Entry
    [Documentation]    One POST. An answer that does not come, or says nothing certain, is an unclear outcome.
    [Arguments]    ${entry}
    ${answer}=    Post Record    ${entry}
    IF    $answer.refusal    Target Refused    ${answer.refusal}
    RETURN    ${answer.number}

Read Entry
    [Arguments]    ${entry}    ${number}
    ${seen}=    Read Record    ${entry.values}    ${number}
    RETURN    ${seen}

Find By Key
    [Arguments]    ${entry}
    ${numbers}=    Search Values    ${entry.key}
    RETURN    ${numbers}

List Entries
    [Documentation]    Nothing where the interface has no list ([settings] without `page`).
    [Arguments]    ${entry}
    ${records}=    List Our Records
    RETURN    ${records}

Close Target
    Delete All Sessions
