"""What `newsletter check` looks at: settings, files, database, clock, mail servers and DNS."""
