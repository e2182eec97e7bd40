*** Settings ***
Documentation       Target: a staging table in PostgreSQL or SQLite with a unique key on our reference. Table and columns
...                 stand in the target's file (config/targets/sql.toml); a target of the same kind needs only a file of
...                 its own.

Resource            entry.resource
Library             RPA.Database
Library             robots.keywords.table.Table


*** Variables ***
${SECRET}           %{LAUFZETTEL_TARGET_SECRET=}


*** Tasks ***
Sql
    Enter Cases


*** Keywords ***
Open Target
    VAR    &{login}    # SQLite has none
    IF    $SECRET
        ${login}=    Get Secret    ${SECRET}
    END
    ${settings}=    Target Settings
    ${names}=    Target Names
    Open Table    %{LAUFZETTEL_TARGET_URL}    ${settings}    ${login}    ${names}

Find Entry
    [Arguments]    ${entry}
    ${numbers}=    Search Reference    ${entry.reference}
    RETURN    ${numbers}

Fill Entry
    [Arguments]    ${entry}
    Prepare Record    ${entry}

Submit Entry
    [Documentation]    Insert and commit. A unique key that is violated says: it stands there already.
    [Arguments]    ${entry}
    ${answer}=    Insert Record    ${entry}
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
    [Arguments]    ${entry}
    ${records}=    List Our Records
    RETURN    ${records}

Close Target
    Close Table
