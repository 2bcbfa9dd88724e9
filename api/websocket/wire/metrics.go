package wire

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"

	"sluice/engine/fault"
)

// Limits of WebRTC metrics, of one stream each.
const (
	MaxMetrics      = 1024    // metrics in a description
	MaxMetricName   = 256     // bytes of a metric's name, and of its value
	MaxMetricsBytes = 2 << 20 // bytes of a batch, unpacked
)

// MetricsDescription names the metrics of the batches that follow it.
type MetricsDescription struct {
	MediaSessionID Text `json:"mediaSessionId"`
	Compression    Text `json:"compression"` // "none", "gzip", and of the SDK 2.0.266 "deflate"
	Headers        Text `json:"headers"`     // "type.id.metric,…"
}

// Names are the metrics. Too many of them, or too long ones, are fault.InvalidRequest.
func (d MetricsDescription) Names() ([]string, error) {
	if d.Headers == "" {
		return nil, nil
	}
	if n := strings.Count(string(d.Headers), ",") + 1; n > MaxMetrics {
		return nil, fault.New(fault.InvalidRequest, "", "%d metrics are too many", n).Advise("at most %d", MaxMetrics)
	}
	names := strings.Split(string(d.Headers), ",")
	for _, name := range names {
		if len(name) > MaxMetricName {
			return nil, fault.New(fault.InvalidRequest, "", "a metric's name of %d bytes is too long", len(name)).
				Advise("at most %d", MaxMetricName)
		}
	}
	return names, nil
}

// MetricsBatch is some samples of the metrics that were described.
type MetricsBatch struct {
	MediaSessionID Text `json:"mediaSessionId"`
	Metrics        Text `json:"metrics"` // a JSON array of rows as text; in base64 if it is compressed
}

// Latest puts the newest value of each metric into values, which may hold those of the batch before: a value that did not
// change is left out of a row. What cannot be unpacked, or has other columns than names, is fault.InvalidRequest.
func (b MetricsBatch) Latest(names []string, compression string, values map[string]string) error {
	text, err := b.unpack(compression)
	if err != nil {
		return err
	}
	var rows []Text
	if err := json.Unmarshal(text, &rows); err != nil {
		return fault.New(fault.InvalidRequest, "", "metrics are not an array of rows").Because(err)
	}
	for _, row := range rows {
		columns := strings.Split(string(row), ";")
		if len(columns) != len(names) {
			return fault.New(fault.InvalidRequest, "", "a row of %d values for %d metrics", len(columns), len(names))
		}
		for i, name := range names {
			if value := columns[i]; value != "" && len(value) <= MaxMetricName {
				values[name] = value
			}
		}
	}
	return nil
}

func (b MetricsBatch) unpack(compression string) ([]byte, error) {
	if compression == "" || compression == "none" {
		return []byte(b.Metrics), nil
	}
	packed, err := base64.StdEncoding.DecodeString(string(b.Metrics))
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "metrics are not base64").Because(err)
	}
	var r io.Reader
	switch compression {
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(packed))
	case "deflate":
		r, err = zlib.NewReader(bytes.NewReader(packed))
	default:
		return nil, fault.New(fault.InvalidRequest, "", "metrics are compressed by %q", compression).Advise("none, gzip or deflate")
	}
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "metrics are not %s", compression).Because(err)
	}
	text, err := io.ReadAll(io.LimitReader(r, MaxMetricsBytes+1))
	if err != nil {
		return nil, fault.New(fault.InvalidRequest, "", "metrics cannot be unpacked").Because(err)
	}
	if len(text) > MaxMetricsBytes {
		return nil, fault.New(fault.InvalidRequest, "", "metrics unpack to more than %d bytes", MaxMetricsBytes)
	}
	return text, nil
}
