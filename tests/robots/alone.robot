*** Settings ***
Documentation       The browser reaches the target and nothing else: "localhost" is another host than 127.0.0.1.

Library             RPA.Browser.Selenium    run_on_failure=Nothing
Library             robots.keywords.screen.Screen


*** Tasks ***
Only The Target
    ${page}=    Open Chromium    %{LAUFZETTEL_TARGET_URL}
    Should Be Equal    ${page}    seite_anmeldung
    VAR    ${elsewhere}    ${{os.environ['LAUFZETTEL_TARGET_URL'].replace('127.0.0.1', 'localhost')}}
    Run Keyword And Expect Error    APPLICATION Z001*    Show Page    ${elsewhere}
    [Teardown]    Close Chromium
