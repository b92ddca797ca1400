"""Sound and film: recordings of units with what is known of them technically, copies for the web, transcripts, player."""
