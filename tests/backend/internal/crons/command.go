// Package crons checks cron lines with the parser of Flyte's schedules.
package crons

import (
	"fmt"
	"io"
	// All machines get the same time zones.
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

// Command runs `cron`.
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

// The parser panics on some lines, and would end Admin's call.
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
