package show

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/danielgtaylor/huma/v2/yaml"
)

// JSON writes a value as the API has it.
func JSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// YAML writes what JSON would, as YAML.
func YAML(w io.Writer, v any) error {
	var b bytes.Buffer
	if err := JSON(&b, v); err != nil {
		return err
	}
	return yaml.Convert(w, &b)
}
