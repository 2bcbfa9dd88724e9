package value

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// fields is Constraint without its methods, so that encoding/json does not call them again.
type fields Constraint

// MarshalJSON writes the limits as JSON gives values, so that UnmarshalJSON can restore their Go types.
func (c Constraint) MarshalJSON() ([]byte, error) {
	f := fields(c)
	f.Min, f.Max = JSON(c.Min), JSON(c.Max)
	return json.Marshal(f)
}

// UnmarshalJSON reads a constraint and gives Min and Max the Go type of its values.
func (c *Constraint) UnmarshalJSON(data []byte) error {
	var f fields
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&f); err != nil {
		return err
	}
	bare := Constraint{Type: f.Type}
	for _, limit := range []*any{&f.Min, &f.Max} {
		if *limit == nil {
			continue
		}
		v, err := bare.Accept(*limit)
		if err != nil {
			return fmt.Errorf("limit of %s: %w", f.Type, err)
		}
		*limit = v
	}
	*c = Constraint(f)
	return nil
}
