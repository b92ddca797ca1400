"""What is asked at the window of an enterprise dossier: names, former names, registration number, social credit code."""
