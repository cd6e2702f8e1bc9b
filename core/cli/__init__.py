"""One file per subcommand of bot.py; nobody else imports them."""
