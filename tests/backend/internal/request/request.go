// Package request reads the requests of commands.
package request

import (
	"encoding/json"
	"fmt"
	"io"
)

// Read fills a request. Unknown members are errors, because a misspelt member would change the request.
func Read(in io.Reader, into any) error {
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("the request is not understood: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return fmt.Errorf("the request goes on after its JSON object")
	}
	return nil
}
