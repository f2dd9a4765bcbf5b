package runs

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"flytekit.example/backend/internal/settings"
)

const (
	// Sleeping nodes and time-outs are seen only by looking. Production looks each ten seconds.
	reevaluation = 250 * time.Millisecond
	// Some of Flyte's nodes ask to be looked at again at once, for ever. Production gathers such wishes for a second.
	batching = 10 * time.Millisecond
)

// Gives workflows to the round handler until the main one ended, or the deadline came.
func (runner *runner) loop(deadline time.Duration) (late bool, err error) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)
	over := time.After(deadline)
	asker := os.Getppid()
	looks := time.NewTicker(reevaluation)
	defer looks.Stop()
	for asked := 0; ; {
		ended, err := runner.rounds()
		if ended || err != nil {
			return false, err
		}
		select {
		case <-over:
			return true, nil
		case <-signals:
			asked++
			if asked > 1 {
				runner.kubelet.KillAll()
				return false, fmt.Errorf("ended by a signal")
			}
			runner.aborted.Store(true)
		case <-runner.engine.Wakes():
			time.Sleep(batching)
		case <-looks.C:
			// Nobody waits for an answer any more.
			if os.Getppid() != asker {
				runner.kubelet.KillAll()
				return false, fmt.Errorf("the asking process ended")
			}
		}
	}
}

// One round of each workflow that goes on. Says whether the main one ended.
func (runner *runner) rounds() (bool, error) {
	ctx := context.Background()
	if runner.aborted.Load() || runner.question.Abort.byFile() {
		if err := runner.engine.Workflows.Abort(runner.question.Execution); err != nil {
			return false, err
		}
	}
	going, err := runner.engine.Workflows.Going()
	if err != nil {
		return false, err
	}
	for _, name := range going {
		if err := runner.engine.Round(ctx, name); err != nil && !slices.Contains(runner.errors, err.Error()) {
			runner.errors = append(runner.errors, err.Error())
		}
	}
	workflow, err := runner.engine.Workflows.Get(ctx, settings.Namespace, runner.question.Execution)
	return err == nil && workflow.GetExecutionStatus().IsTerminated(), err
}
