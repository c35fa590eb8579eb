"""An AIJob: from what is known of it to its next step."""
