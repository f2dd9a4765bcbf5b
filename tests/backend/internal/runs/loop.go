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
	// Sleeping nodes and timeouts need regular rounds. Production has one every ten seconds.
	reevaluation = 250 * time.Millisecond
	// Some nodes ask for the next round at once, again and again. Production collects such requests for a
	// second.
	batching = 10 * time.Millisecond
)

// Runs rounds until the main workflow ends, or the deadline passes.
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
			// The caller is gone.
			if os.Getppid() != asker {
				runner.kubelet.KillAll()
				return false, fmt.Errorf("the asking process ended")
			}
		}
	}
}

// Runs one round of each unfinished workflow. Reports whether the main one has ended.
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
