// Package crons asks the parser of Flyte's schedules about cron lines.
package crons

import (
	"fmt"
	"io"
	// The same zones on all machines.
	_ "time/tzdata"

	"github.com/robfig/cron/v3"

	"flytekit.example/backend/internal/request"
)

type question struct {
	Lines []string `json:"lines"`
}

type answer struct {
	Problems []*string `json:"problems"`
}

// Command is `cron`.
func Command(in io.Reader) (any, error) {
	question := question{}
	if err := request.Read(in, &question); err != nil {
		return nil, err
	}
	problems := make([]*string, len(question.Lines))
	for place, line := range question.Lines {
		problems[place] = problemOf(line)
	}
	return answer{problems}, nil
}

// Some lines end the parser, and Admin's answer with it.
func problemOf(line string) (problem *string) {
	defer func() {
		if reason := recover(); reason != nil {
			text := fmt.Sprint("panic: ", reason)
			problem = &text
		}
	}()
	if _, err := cron.ParseStandard(line); err != nil {
		text := err.Error()
		return &text
	}
	return nil
}
