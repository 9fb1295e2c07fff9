"""The rows of accounts: the organisation with its users, and what they are told."""

from warmbench.accounts.models.staff import Organisation, Role, Team, User, UserManager

__all__ = ["Organisation", "Role", "Team", "User", "UserManager"]
