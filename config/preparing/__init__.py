"""`laufzettel prepare` over many documents: which there are, what each becomes, what is done already, who works."""
