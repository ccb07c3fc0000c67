package journal

import (
	"bytes"
	"encoding/json"
	"errors"
)

// strict decodes one line of ours. It takes only the very bytes that this program
// would write for the value: another order, blank or escape is a change.
func strict(line []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	again, err := encode(into)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, line) {
		return errors.New("it is not written the way ajar writes it")
	}
	return nil
}
