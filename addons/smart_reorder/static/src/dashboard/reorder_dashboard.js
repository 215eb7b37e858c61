import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatCurrency } from "@web/core/currency";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { download } from "@web/core/network/download";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat } from "@web/core/utils/numbers";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { FiguresStrip } from "@inventory_visibility/dashboard/figures_strip";
import { Freshness } from "@inventory_visibility/dashboard/freshness";

const MODEL = "smart.reorder.dashboard";
const { DateTime } = luxon;

/** The planner's desk: what waits, what is at stake, how good forecasts and vendors are. */
export class ReorderDashboard extends Component {
    static template = "smart_reorder.Dashboard";
    static components = { FiguresStrip, Freshness, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.reads = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, error: "", loading: true, place: 0 });
        onWillStart(() => {
            // not awaited: the frame is shown at once
            this.load();
        });
    }

    get data() {
        return this.state.data;
    }

    get warehouseId() {
        return this.state.place || null;
    }

    /** When the proposals that the figures add up were computed. */
    get planned() {
        const moment = this.data?.planned_at && deserializeDateTime(this.data.planned_at);
        return moment ? moment.toLocaleString(DateTime.DATETIME_MED) : "";
    }

    async load() {
        this.state.loading = true;
        try {
            const data = await this.reads.add(
                this.orm.call(MODEL, "get_data", [], { warehouse_id: this.warehouseId })
            );
            Object.assign(this.state, { data, error: "", loading: false });
        } catch (error) {
            this.state.loading = false;
            this.state.error = error.data?.message || error.message || _t("No connection");
        }
    }

    onPlace(event) {
        this.state.place = Number(event.target.value);
        return this.load();
    }

    number(value, digits = 1) {
        return value === null || value === undefined
            ? "–"
            : formatFloat(value, { digits: [16, Number.isInteger(value) ? 0 : digits] });
    }

    percent(value) {
        return value === null || value === undefined ? "–" : `${this.number(value)} %`;
    }

    money(value) {
        return formatCurrency(value, this.data.currency_id, { digits: [16, 0] });
    }

    /** Less often covered than wanted, by more than chance explains. */
    misses(row) {
        return row.covered < row.wanted - 5;
    }

    async openFigure(name) {
        const action = await this.orm.call(MODEL, "open_figure", [name], {
            warehouse_id: this.warehouseId,
        });
        return this.actionService.doAction(action);
    }

    async openRow(model, method, id) {
        return this.actionService.doAction(await this.orm.call(model, method, [[id]]));
    }

    openClass(id) {
        return this.openRow("smart.reorder.calibration", "action_view_scores", id);
    }

    openVendor(id) {
        return this.openRow("smart.reorder.vendor.score", "action_view_deliveries", id);
    }

    openList(xmlId) {
        return this.actionService.doAction(`smart_reorder.${xmlId}`);
    }

    exportWorkbook() {
        const data = this.state.place ? { warehouse_id: this.state.place } : {};
        return download({ url: "/smart_reorder/dashboard/xlsx", data });
    }
}

registry.category("actions").add("smart_reorder.dashboard", ReorderDashboard);
