// Command backend runs Flyte's own code on tasks, workflows and launch plans. README.md describes it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"

	"flytekit.example/backend/internal/builds"
	"flytekit.example/backend/internal/crons"
	"flytekit.example/backend/internal/runs"
	"flytekit.example/backend/internal/verdicts"
)

// Each command reads a request and returns an answer.
var commands = map[string]func(io.Reader) (any, error){
	"build":   builds.Command,
	"compile": verdicts.Command,
	"cron":    crons.Command,
	"run":     runs.Command,
}

// An answer that can set the exit code.
type unfinished interface{ Unfinished() bool }

func main() {
	code, err := run(os.Args[1:], os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintf(os.Stderr, "backend: %v\n", err)
	}
	os.Exit(code)
}

func run(arguments []string, in io.Reader, out io.Writer) (int, error) {
	if len(arguments) == 0 || len(arguments) > 2 {
		return 1, errors.New(usage())
	}
	command, known := commands[arguments[0]]
	if !known {
		return 1, errors.New(usage())
	}
	if len(arguments) == 2 {
		file, err := os.Open(arguments[1])
		if err != nil {
			return 1, err
		}
		defer file.Close()
		in = file
	}
	answer, err := command(in)
	if err != nil {
		return 1, err
	}
	if err := write(out, answer); err != nil {
		return 1, err
	}
	if answer, ok := answer.(unfinished); ok && answer.Unfinished() {
		return 2, errors.New("the deadline came before the execution ended")
	}
	return 0, nil
}

func write(out io.Writer, answer any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(answer)
}

func usage() string {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	sort.Strings(names)
	return fmt.Sprintf("usage: backend %s [REQUEST-FILE]", strings.Join(names, "|"))
}
