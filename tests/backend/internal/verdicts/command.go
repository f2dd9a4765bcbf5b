package verdicts

import (
	"io"

	"flytekit.example/backend/internal/closure"
	"flytekit.example/backend/internal/request"
)

// Verdict is the compiler's verdict on one case.
type Verdict struct {
	Case   string  `json:"case"`
	Errors []Error `json:"errors"`
}

type question struct {
	closure.Source
	Cases []string `json:"cases"`
}

type answer struct {
	Verdicts []Verdict `json:"verdicts"`
}

// Command runs `compile`.
func Command(in io.Reader) (any, error) {
	question := question{}
	if err := request.Read(in, &question); err != nil {
		return nil, err
	}
	verdicts := []Verdict{}
	for _, path := range question.Cases {
		cases, err := casesOf(path)
		if err != nil {
			return nil, err
		}
		verdicts = append(verdicts, cases...)
	}
	closure, err := question.Source.Read()
	if err != nil {
		return nil, err
	}
	return answer{append(verdicts, entitiesOf(closure)...)}, nil
}
