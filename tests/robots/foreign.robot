*** Settings ***
Documentation       A robot as others write them for rpaframework: it knows work items and nothing of ours.

Library             RPA.Robocorp.WorkItems


*** Tasks ***
Register All
    For Each Input Work Item    Register


*** Keywords ***
Register
    ${fields}=    Get Work Item Variables
    IF    $fields['plz'] == '00000'
        Release Input Work Item    FAILED    BUSINESS    PLZ    Unknown
        RETURN
    END
    VAR    &{receipt}    outcome=entered    record_number=4711
    Create Output Work Item    variables=${receipt}    save=${True}
    Release Input Work Item    DONE
