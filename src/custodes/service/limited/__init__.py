"""Reading what strangers made, in a process of its own: held to limits, without the database, and watched."""
