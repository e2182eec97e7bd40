"""A stand-in for somebody else's line-of-business system: "Fachverfahren Hundesteuer".

Made as such systems are: pages for people, own login, own numbers, no API, no idempotency key. Whoever
presses "Speichern" twice has two records. Nothing of Laufzettel is imported here.
"""
