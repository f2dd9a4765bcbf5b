package settings

import (
	"bytes"
	"encoding/json"
	"errors"
	"sort"
	"strings"

	"github.com/flyteorg/flyte/flytestdlib/config"
)

// Changes values of a section of Flyte's configuration in place, because its packages keep pointers to it.
func overlay(name string, values json.RawMessage) error {
	section := config.GetRootSection()
	for _, key := range strings.Split(name, ".") {
		inner := section.GetSection(key)
		if inner == nil {
			return errors.New("there is no such section; there are " + strings.Join(names("", config.GetRootSection()), ", "))
		}
		section = inner
	}
	decoder := json.NewDecoder(bytes.NewReader(values))
	decoder.DisallowUnknownFields()
	return decoder.Decode(section.GetConfig())
}

func names(prefix string, section config.Section) []string {
	found := []string{}
	for key, inner := range section.GetSections() {
		found = append(found, prefix+key)
		found = append(found, names(prefix+key+".", inner)...)
	}
	sort.Strings(found)
	return found
}
