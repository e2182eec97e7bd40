*** Settings ***
Documentation       Target: Tryton, through its web client. A case becomes a party (or another model) whose code is our
...                 reference. Which of our fields goes where stands in config/targets/tryton.toml.

Resource            entry.resource
Resource            browser.resource
Library             robots.keywords.sao.Sao


*** Variables ***
${URL}              %{LAUFZETTEL_TARGET_URL}


*** Tasks ***
Tryton
    Enter Cases


*** Keywords ***
Open Target
    ${login}=    Get Secret    %{LAUFZETTEL_TARGET_SECRET}
    ${settings}=    Target Settings
    Open Chromium    ${URL}
    Log In    ${URL}    ${settings}    ${login}

Find Entry
    [Arguments]    ${entry}
    ${numbers}=    Search Reference    ${entry.reference}
    RETURN    ${numbers}

Fill Entry
    [Arguments]    ${entry}
    ${words}=    Fill Record    ${entry}
    IF    $words    Target Rejects    ${words}

Submit Entry
    [Documentation]    Tryton keeps the code of a party unique: refused because of that, the record that stands there
    ...    already counts.
    [Arguments]    ${entry}
    ${answer}=    Save Record
    IF    $answer.refusal
        ${there_already}=    Find Entry    ${entry}
        IF    $there_already    RETURN    ${None}
        Target Refused    ${answer.refusal}
    END
    RETURN    ${answer.number}

Read Entry
    [Arguments]    ${entry}    ${number}
    ${seen}=    Read Record    ${entry.values}    ${number}
    RETURN    ${seen}

Close Target
    Close Chromium
