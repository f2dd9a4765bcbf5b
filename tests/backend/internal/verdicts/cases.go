package verdicts

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/flyteorg/flyte/flyteidl/gen/pb-go/flyteidl/admin"
	"google.golang.org/protobuf/proto"
)

// A line of a case file; encoding/json decodes its base64.
type line struct {
	Case        string   `json:"case"`
	Tasks       [][]byte `json:"tasks"`
	LaunchPlans [][]byte `json:"launch_plans"`
	Workflow    []byte   `json:"workflow"`
}

func casesOf(path string) ([]Verdict, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	verdicts := []Verdict{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		verdict, err := caseOf(lines.Bytes())
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		verdicts = append(verdicts, verdict)
	}
	return verdicts, lines.Err()
}

func caseOf(text []byte) (Verdict, error) {
	line := line{}
	if err := json.Unmarshal(text, &line); err != nil {
		return Verdict{}, err
	}
	tasks, err := messages(line.Tasks, func() *admin.TaskSpec { return &admin.TaskSpec{} })
	if err != nil {
		return Verdict{}, err
	}
	plans, err := messages(line.LaunchPlans, func() *admin.LaunchPlan { return &admin.LaunchPlan{} })
	if err != nil {
		return Verdict{}, err
	}
	workflow := &admin.WorkflowSpec{}
	if err := proto.Unmarshal(line.Workflow, workflow); err != nil {
		return Verdict{}, err
	}
	_, errors := Compile(workflow, tasks, plans)
	return Verdict{Case: line.Case, Errors: sorted(errors)}, nil
}

func messages[M proto.Message](encoded [][]byte, empty func() M) ([]M, error) {
	decoded := []M{}
	for _, bytes := range encoded {
		message := empty()
		if err := proto.Unmarshal(bytes, message); err != nil {
			return nil, err
		}
		decoded = append(decoded, message)
	}
	return decoded, nil
}
