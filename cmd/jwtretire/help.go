package main

import (
	"fmt"
	"os"
	"strings"

	"jwtretire.example/internal/commandline"
	"jwtretire.example/internal/report/text"
)

// help prints the help of a command. That of the first one is the overview of all commands, because new users
// see it.
func (c *command) help(p *commandline.Program, cmd *commandline.Command) (int, error) {
	wrap := c.prose().Wrap
	if cmd == p.Commands[0] {
		return exitClean, p.Help(c.stdout, wrap)
	}
	return exitClean, p.CommandHelp(c.stdout, cmd, wrap)
}

// prose is the style of running text: lines of readable length, also without a terminal, because the output may
// go to a pager.
func (c *command) prose() text.Style {
	columns := width(c.stdout)
	if columns == 0 {
		columns = 80
	}
	return text.Style{Color: c.colored(), Width: min(columns, 100)}
}

// helpOn runs jwtretire help [command].
func (c *command) helpOn(p *commandline.Program) (int, error) {
	if len(c.args) == 0 {
		return c.help(p, p.Commands[0])
	}
	name := c.args[0]
	cmd := p.Find(name)
	switch near := p.Nearest(name); {
	case cmd != nil:
	case near != "":
		return exitError, fmt.Errorf("there is no command %q; did you mean %q?", name, near)
	default:
		return exitError, fmt.Errorf("there is no command %q; jwtretire help lists them", name)
	}
	return exitClean, p.CommandHelp(c.stdout, cmd, c.prose().Wrap)
}

// completion prints the completion script of a shell.
func (c *command) completion(p *commandline.Program) (int, error) {
	if len(c.args) != 1 {
		return exitError, fmt.Errorf("completion needs the name of a shell: %s", strings.Join(commandline.Shells, ", "))
	}
	if err := p.Completion(c.stdout, c.args[0]); err != nil {
		return exitError, err
	}
	return exitClean, nil
}

// mistyped returns an error for a first argument that does not exist as a file and is similar to a command.
// Other words may be patterns.
func mistyped(p *commandline.Program, arg string) error {
	if strings.ContainsAny(arg, "./\\*") || strings.HasPrefix(arg, "-") {
		return nil
	}
	if _, err := os.Lstat(arg); err == nil {
		return nil
	}
	if near := p.Nearest(arg); near != "" {
		return fmt.Errorf("%s is neither a command nor a directory; did you mean \"jwtretire %s\"?", arg, near)
	}
	return nil
}
