"""Which schedules lead, how sure that is, and the sentence that says so. Needs numpy; scipy is imported where used."""
