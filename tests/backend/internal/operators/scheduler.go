package operators

import (
	"context"
	"encoding/json"
	"os"
	"time"
)

// Returns the address of a scheduler, which writes it into a file. Reads the file until it is complete. If
// the scheduler does not start, returns an address without a listener.
func schedulerAddress(ctx context.Context, file string, ended <-chan struct{}) string {
	const patience = 120 * time.Second
	const nowhere = "tcp://127.0.0.1:1"
	late := time.After(patience)
	for {
		written := struct {
			Address string `json:"address"`
		}{}
		if text, err := os.ReadFile(file); err == nil && json.Unmarshal(text, &written) == nil && written.Address != "" {
			return written.Address
		}
		select {
		case <-ctx.Done():
			return nowhere
		case <-ended:
			return nowhere
		case <-late:
			return nowhere
		case <-time.After(20 * time.Millisecond):
		}
	}
}
