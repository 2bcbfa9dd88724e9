package wire

import (
	"bytes"
	"encoding/json"
)

// Start is what a pipeline is started with.
type Start struct {
	Graph  string `json:"graph" minLength:"1" maxLength:"512" doc:"The graph's name." example:"jobs/transcode"`
	Params Values `json:"params,omitempty" doc:"Its parameters by name; GET /v1/graphs/{name}/schema describes them."`
	ID     string `json:"id,omitempty" maxLength:"64" pattern:"^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$" doc:"The pipeline's name, if it matters."`
}

// Key is an instance of a node that has one for each key.
type Key struct {
	Params Values `json:"params,omitempty" doc:"Parameters of its fragment, by name."`
}

// Values are values by name, of any kind that JSON has. Numbers are int64 if they are whole and fit, else float64, so that nobody takes
// them for text.
type Values map[string]any

// UnmarshalJSON implements json.Unmarshaler.
func (v *Values) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var m map[string]any
	err := d.Decode(&m)
	for name, one := range m {
		m[name] = counted(one)
	}
	*v = m
	return err
}

// counted makes numbers of numbers as they were written, also in lists and objects.
func counted(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64() // one that is too large is refused before
		return f
	case []any:
		for i, one := range v {
			v[i] = counted(one)
		}
	case map[string]any:
		for name, one := range v {
			v[name] = counted(one)
		}
	}
	return v
}
