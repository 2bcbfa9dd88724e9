package client

import (
	"context"
	"net/url"
	"strconv"

	"sluice/api/rest/wire"
)

// Paging says which part of a list is wanted.
type Paging struct {
	Limit int    // 1 to 1000; 0: as many as the server gives by itself
	After string // the Next of the page before
}

func (p Paging) into(q url.Values) url.Values {
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	return given(q, "after", p.After)
}

// given sets a parameter that is not empty.
func given(q url.Values, name, text string) url.Values {
	if text != "" {
		q.Set(name, text)
	}
	return q
}

// All gives the items of all pages that list gives.
func All[T any](ctx context.Context, list func(ctx context.Context, p Paging) (wire.Page[T], error)) ([]T, error) {
	const most = 1000
	out := []T{}
	for p := (Paging{Limit: most}); ; {
		page, err := list(ctx, p)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Items...)
		if page.Next == "" || page.Next == p.After {
			return out, nil
		}
		p.After = page.Next
	}
}
