package client

import (
	"context"
	"net/http"
	"net/url"

	"sluice/api/rest/wire"
)

// apps are the applications of pages.
const apps = "apps"

// Apps lists the applications of pages, in the order of keys.
func (c *Client) Apps(ctx context.Context, p Paging) (wire.Page[wire.App], error) {
	return get[wire.Page[wire.App]](ctx, c, p.into(url.Values{}), "v1", apps)
}

// App gives one.
func (c *Client) App(ctx context.Context, key string) (wire.App, error) {
	return get[wire.App](ctx, c, nil, "v1", apps, key)
}

// PutApp puts an application into the server's file, or changes the one with its key there. A secret that it has made is in the answer,
// and nowhere else.
func (c *Client) PutApp(ctx context.Context, key string, d wire.AppDraft) (wire.App, error) {
	body, err := asJSON(d)
	if err != nil {
		return wire.App{}, err
	}
	return call[wire.App](ctx, c, request{method: http.MethodPut, path: []string{"v1", apps, key}, body: body})
}

// DeleteApp removes an application from the server's file.
func (c *Client) DeleteApp(ctx context.Context, key string) error {
	_, err := c.do(ctx, request{method: http.MethodDelete, path: []string{"v1", apps, key}})
	return err
}
