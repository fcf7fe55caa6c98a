"""Every change as an event that can only be added: with actor and reason, chained per body, under a signed tree."""
