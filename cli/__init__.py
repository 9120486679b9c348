"""The command line: starts workflows, sends people's commands, shows what is going on."""
