*** Settings ***
Documentation       Target: the demo line-of-business application "Fachverfahren Hundesteuer", through its pages.
...                 Which of our fields goes where stands in config/targets/demo.toml.

Resource            entry.resource
Resource            browser.resource


*** Variables ***
${URL}              ${{os.environ['LAUFZETTEL_TARGET_URL'].rstrip('/') + '/'}}


*** Tasks ***
Demo
    Enter Cases


*** Keywords ***
Open Target
    ${login}=    Get Secret    %{LAUFZETTEL_TARGET_SECRET}
    ${page}=    Open Chromium    ${URL}
    IF    $page == 'seite_wartung'    Target Unavailable    Z002
    Must Be    ${page}    seite_anmeldung
    Input Text    id:benutzer    ${login}[user]
    Input Password    id:kennwort    ${login}[password]
    ${page}=    Press    anmelden
    IF    $page == 'seite_anmeldung'    Target Unavailable    Z003
    Must Be    ${page}    seite_suche

Find Entry
    [Arguments]    ${entry}
    ${page}=    Show Page    ${URL}suche
    Must Be    ${page}    seite_suche
    Input Text    id:s_fremdref    ${entry.reference}
    ${page}=    Press    suchen
    Must Be    ${page}    seite_treffer
    ${count}=    Read Text    anzahl
    VAR    @{numbers}
    FOR    ${place}    IN RANGE    ${count}
        ${number}=    Read Text    kz_${place + 1}
        VAR    @{numbers}    @{numbers}    ${number}
    END
    RETURN    ${numbers}

Fill Entry
    [Arguments]    ${entry}
    ${page}=    Show Page    ${URL}erfassung
    Must Be    ${page}    seite_halter
    ${rest}=    Put Values    ${entry.values}
    ${page}=    Press    weiter
    Must Be    ${page}    seite_hund    seite_halter
    ${rest}=    Put Values    ${rest}
    No Value May Be Left    ${rest}
    ${page}=    Press    weiter
    Must Be    ${page}    seite_pruefen    seite_hund

Submit Entry
    [Documentation]    Asked back ("a similar record exists already") it does not insist: nothing is stored yet, and
    ...    whether it is the same dog is for a person to say.
    [Arguments]    ${entry}
    ${page}=    Press    speichern
    IF    $page == 'seite_rueckfrage'
        ${words}=    Read Words    meldung
        Target Refused    ${words}
    END
    Must Be    ${page}    seite_gespeichert
    ${number}=    Read Text    kassenzeichen
    RETURN    ${number}

Read Entry
    [Arguments]    ${entry}    ${number}
    ${page}=    Show Page    ${URL}satz/${number}
    Must Be    ${page}    seite_satz
    ${seen}=    Read Values    ${entry.values}    prefix=w_
    RETURN    ${seen}

List Entries
    [Documentation]    The list of the application shows everything that stands in it.
    [Arguments]    ${entry}
    ${page}=    Show Page    ${URL}liste
    Must Be    ${page}    seite_liste
    ${records}=    Read Our Records    treffer    number_column=1    reference_column=2
    RETURN    ${records}

Close Target
    Close Chromium

Must Be
    [Documentation]    The application shows the same page again, with its complaints, when it refuses the values.
    [Arguments]    ${page}    ${wanted}    ${refusing}=${None}
    IF    $page == $wanted    RETURN
    IF    $page == $refusing
        ${words}=    Read Words    meldung
        Target Rejects    ${words}
    END
    IF    $page == 'seite_wartung'    Target Unavailable    Z002
    Target Unavailable    Z004
