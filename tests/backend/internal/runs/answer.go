package runs

import (
	"flytekit.example/backend/internal/cluster"
	"flytekit.example/backend/internal/history"
	"flytekit.example/backend/internal/kubelet"
	"flytekit.example/backend/internal/verdicts"
)

func (runner *runner) refused(errors []verdicts.Error) *Answer {
	answer := runner.empty()
	answer.Phase = "REFUSED"
	answer.Refused = errors
	return answer
}

func (runner *runner) answer(late bool) (*Answer, error) {
	answer := runner.empty()
	answer.late = late
	answer.Containers = runner.kubelet.Containers()
	answer.Rounds = runner.engine.Rounds()
	answer.RoundErrors = append(answer.RoundErrors, runner.errors...)
	for _, name := range runner.launcher.Launched() {
		answer.Children = append(answer.Children, runner.history.Execution(name))
	}
	for _, object := range runner.cluster.Objects() {
		text, err := cluster.YAML(object, runner.question.Settings.Unordered())
		if err != nil {
			return nil, err
		}
		answer.Objects = append(answer.Objects, text)
	}
	return answer, nil
}

func (runner *runner) empty() *Answer {
	return &Answer{
		Execution:  runner.history.Execution(runner.question.Execution),
		Containers: []kubelet.Container{}, Objects: []string{}, Refused: []verdicts.Error{}, Children: []history.Execution{}, RoundErrors: []string{},
	}
}
