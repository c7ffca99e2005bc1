package commandline

import (
	"fmt"
	"io"
	"strings"
)

// Shells are the shells with completions.
var Shells = []string{"bash", "zsh", "fish"}

// Completion writes the completion script for a shell. It contains all words, so a completion starts no
// program.
func (p *Program) Completion(w io.Writer, shell string) error {
	var b strings.Builder
	switch shell {
	case "bash":
		p.bash(&b)
	case "zsh":
		p.zsh(&b)
	case "fish":
		p.fish(&b)
	default:
		return fmt.Errorf("completion %s: use one of %s", shell, strings.Join(Shells, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// verbs are the names of the commands.
func (p *Program) verbs() []string {
	var out []string
	for _, c := range p.Commands {
		out = append(out, c.Name)
	}
	return out
}

// quote quotes a text as one word, for all three shells.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

func (p *Program) bash(b *strings.Builder) {
	fmt.Fprintf(b, `# bash completion for %[1]s; put it where bash-completion finds it, or source it
_%[1]s() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev= verb=%[2]s
	[ "$COMP_CWORD" -gt 0 ] && prev=${COMP_WORDS[COMP_CWORD-1]}
	# bash takes -flag=value for three words
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ] && [ "$COMP_CWORD" -gt 1 ]; then
		prev=${COMP_WORDS[COMP_CWORD-2]}
	fi
	if [ "$COMP_CWORD" -gt 1 ]; then
		case ${COMP_WORDS[1]} in
		%[3]s) verb=${COMP_WORDS[1]} ;;
		esac
	fi
	COMPREPLY=()
	case $verb:$prev in
`, p.Name, p.Commands[0].Name, strings.Join(p.verbs(), "|"))
	for _, c := range p.Commands {
		for _, f := range c.Flags {
			if f.Value == "" {
				continue
			}
			fmt.Fprintf(b, "\t%s:-%s)\n\t\t%s\n\t\treturn ;;\n", c.Name, f.Name, bashWords(words(f.Words), f.Operand))
		}
	}
	b.WriteString("\tesac\n\tcase $verb in\n")
	for _, c := range p.Commands {
		var flags []string
		for _, f := range c.Flags {
			flags = append(flags, "-"+f.Name)
		}
		list := words(c.Words)
		if c == p.Commands[0] {
			list = p.verbs() // before a verb is typed, the first command has the word
		}
		fmt.Fprintf(b, "\t%s)\n\t\tif [[ $cur == -* ]]; then\n\t\t\tCOMPREPLY=($(compgen -W %s -- \"$cur\"))\n\t\t\treturn\n\t\tfi\n", c.Name, quote(strings.Join(flags, " ")))
		if c == p.Commands[0] {
			fmt.Fprintf(b, "\t\tif [ \"$COMP_CWORD\" -gt 1 ]; then\n\t\t\t%s\n\t\t\treturn\n\t\tfi\n", bashWords(nil, c.Operand))
		}
		fmt.Fprintf(b, "\t\t%s ;;\n", bashWords(list, c.Operand))
	}
	fmt.Fprintf(b, "\tesac\n}\ncomplete -F _%[1]s %[1]s\n", p.Name)
}

// bashWords returns the statement that completes words, and files or directories.
func bashWords(words []string, operand Operand) string {
	var gen []string
	if len(words) > 0 {
		gen = append(gen, "compgen -W "+quote(strings.Join(words, " "))+` -- "$cur"`)
	}
	switch operand {
	case Files:
		gen = append(gen, `compgen -f -- "$cur"`)
	case Directories:
		gen = append(gen, `compgen -d -- "$cur"`)
	}
	if len(gen) == 0 {
		return ":"
	}
	s := "mapfile -t COMPREPLY < <(" + strings.Join(gen, "; ") + ")"
	if operand != Nothing {
		s = "compopt -o filenames 2>/dev/null; " + s
	}
	return s
}

func (p *Program) zsh(b *strings.Builder) {
	fmt.Fprintf(b, "#compdef %[1]s\n# zsh completion for %[1]s; put it as _%[1]s into a folder of $fpath\n\n_%[1]s() {\n\tlocal verb=%[2]s\n\tlocal -a verbs\n\tverbs=(\n", p.Name, p.Commands[0].Name)
	for _, c := range p.Commands {
		fmt.Fprintf(b, "\t\t%s\n", quote(strings.ReplaceAll(c.Name, ":", `\:`)+":"+c.Short))
	}
	fmt.Fprintf(b, `	)
	if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then
		_describe -t commands command verbs
		_directories
		return
	fi
	case $words[2] in
	(%s)
		verb=$words[2]
		shift words
		(( CURRENT-- )) ;;
	esac
	case $verb in
`, strings.Join(p.verbs(), "|"))
	for _, c := range p.Commands {
		fmt.Fprintf(b, "\t(%s)\n\t\t_arguments", c.Name)
		for _, f := range c.Flags {
			spec := "-" + f.Name
			if f.Value != "" {
				spec += "="
			}
			spec += "[" + zshEscape(f.Usage) + "]"
			if f.Value != "" {
				spec += ":" + zshEscape(f.Value) + ":" + zshWords(words(f.Words), f.Operand)
			}
			fmt.Fprintf(b, " \\\n\t\t\t%s", quote(spec))
		}
		if action := zshWords(words(c.Words), c.Operand); action != " " {
			fmt.Fprintf(b, " \\\n\t\t\t%s", quote("*:"+zshEscape(c.Args)+":"+action))
		}
		b.WriteString(" ;;\n")
	}
	fmt.Fprintf(b, "\tesac\n}\n\n_%s \"$@\"\n", p.Name)
}

// zshEscape escapes the separators of an argument specification in a text.
func zshEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ":", `\:`, "[", `\[`, "]", `\]`).Replace(s)
}

// zshWords returns the action that completes words, or files, or directories; " " for none.
func zshWords(words []string, operand Operand) string {
	switch {
	case len(words) > 0 && operand == Files:
		return "{ _values -w word " + strings.Join(words, " ") + "; _files }"
	case len(words) > 0:
		return "(" + strings.Join(words, " ") + ")"
	case operand == Files:
		return "_files"
	case operand == Directories:
		return "_directories"
	}
	return " "
}

func (p *Program) fish(b *strings.Builder) {
	fmt.Fprintf(b, "# fish completion for %[1]s; put it as %[1]s.fish into a folder of $fish_complete_path\ncomplete -c %[1]s -f\n", p.Name)
	none := "not __fish_seen_subcommand_from " + strings.Join(p.verbs(), " ")
	for i, c := range p.Commands {
		when := "__fish_seen_subcommand_from " + c.Name
		fmt.Fprintf(b, "complete -c %s -n __fish_use_subcommand -a %s -d %s\n", p.Name, c.Name, quote(c.Short))
		if i == 0 {
			when = none + "; or " + when
		}
		for _, f := range c.Flags {
			fmt.Fprintf(b, "complete -c %s -n %s -o %s%s -d %s\n", p.Name, quote(when), f.Name, fishValue(f), quote(f.Usage))
		}
		if list := words(c.Words); len(list) > 0 {
			fmt.Fprintf(b, "complete -c %s -n %s -a %s\n", p.Name, quote(when), quote(strings.Join(list, " ")))
		}
		switch c.Operand {
		case Files:
			fmt.Fprintf(b, "complete -c %s -n %s -F\n", p.Name, quote(when))
		case Directories:
			fmt.Fprintf(b, "complete -c %s -n %s -a '(__fish_complete_directories)'\n", p.Name, quote(when))
		}
	}
}

func fishValue(f *Flag) string {
	switch {
	case f.Value == "":
		return ""
	case f.Words != nil:
		return " -x -a " + quote(strings.Join(f.Words(), " "))
	case f.Operand == Files:
		return " -r -F"
	case f.Operand == Directories:
		return " -x -a '(__fish_complete_directories)'"
	}
	return " -x"
}
