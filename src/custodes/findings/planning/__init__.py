"""The order in which equipment is removed under limits of money, hands, access, contracts and dates."""
