import { Component } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";

const { DateTime } = luxon;

/** The moment that the figures are from, in the user's time zone, and whether they are the latest. */
export class Freshness extends Component {
    static template = "inventory_visibility.Freshness";
    static props = {
        asOf: { type: [String, { value: null }] },
        changed: Boolean,
        loading: Boolean,
        onRefresh: Function,
    };

    get moment() {
        return this.props.asOf ? deserializeDateTime(this.props.asOf) : null;
    }

    get time() {
        return this.moment?.toLocaleString(DateTime.TIME_WITH_SECONDS) || "";
    }

    get title() {
        return this.moment?.toLocaleString(DateTime.DATETIME_FULL_WITH_SECONDS) || "";
    }

    get zone() {
        return this.moment?.zoneName || "";
    }
}
