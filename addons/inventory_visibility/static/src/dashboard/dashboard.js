import { Component, onMounted, onWillStart, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { download } from "@web/core/network/download";
import { KeepLast } from "@web/core/utils/concurrency";
import { useBus, useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { usePager } from "@web/search/pager_hook";
import { SearchBar } from "@web/search/search_bar/search_bar";
import { useSearchBarToggler } from "@web/search/search_bar/search_bar_toggler";
import { formatAddress, formatCell, parseCell, USUAL_KIND } from "./address";
import { CellDrawer } from "./cell_drawer";
import { shownFigures } from "./figures";
import { FiguresStrip } from "./figures_strip";
import { Freshness } from "./freshness";
import { useLiveRefresh } from "./live_refresh";
import { Matrix } from "./matrix";
import { pinView } from "./pinned_view";

const MODEL = "stock.availability.dashboard";
const PLAIN_ORDER = { field: "product", desc: false };

/** The dashboard within its search: reads pages and figures, and keeps the address up to date. */
export class Dashboard extends Component {
    static template = "inventory_visibility.Dashboard";
    static components = {
        CellDrawer,
        Dropdown,
        DropdownItem,
        FiguresStrip,
        Freshness,
        Layout,
        Matrix,
        SearchBar,
    };
    static props = {
        initial: Object,
        display: Object,
        updateActionState: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.actionService = useService("action");
        this.notification = useService("notification");
        this.searchBarToggler = useSearchBarToggler();
        this.root = useRef("root");
        this.pages = new KeepLast();
        this.strips = new KeepLast();
        this.state = useState({
            kind: USUAL_KIND,
            kinds: [],
            figure: "qty_available",
            order: PLAIN_ORDER,
            offset: 0,
            limit: 80,
            cell: "",
            ...this.view,
            ...this.props.initial,
            data: null,
            error: "",
            loading: true,
            figures: null,
            figuresFailed: false,
            changed: false,
            said: "",
        });
        this.appliedView = JSON.stringify(this.view);
        this.env.searchModel.placeKind = this.state.kind;
        usePager(() => this.pager);
        useSetupAction({
            getLocalState: () => this.exported,
            getContext: () => ({
                inventory_dashboard: {
                    kind: this.state.kind,
                    figure: this.state.figure,
                    order: this.state.order,
                },
            }),
        });
        useBus(this.env.searchModel, "update", () => this.onSearchChanged());
        useLiveRefresh({
            onChanged: () => (this.state.changed = true),
            refresh: () => this.refresh(),
        });
        onWillStart(() => {
            // not awaited: the frame is shown at once, figures follow as they come
            this.loadPage();
            this.loadFigures();
            this.loadKinds();
        });
        onMounted(() => (this.mounted = true));
    }

    // ------------------------------------------------------------------
    // What is shown
    // ------------------------------------------------------------------

    /** What a favourite filter remembers of the dashboard besides what it searches for. */
    get view() {
        return this.env.searchModel.context.inventory_dashboard || {};
    }

    get filters() {
        return { domain: this.env.searchModel.domain, place_kind: this.state.kind };
    }

    get exported() {
        const { kind, figure, order, offset, limit, cell } = this.state;
        return { kind, figure, order, offset, limit, cell };
    }

    get pager() {
        const { data, offset, limit } = this.state;
        if (!data) {
            return null;
        }
        return {
            offset,
            limit,
            total: data.count,
            updateTotal: data.count_limited ? () => {} : undefined,
            onUpdate: ({ offset, limit }) => this.update({ offset, limit }),
        };
    }

    get figures() {
        return shownFigures(this.state.data ? this.state.data.columns : ["qty_available"]);
    }

    get figureLabel() {
        const found = this.figures.find(({ name }) => name === this.state.figure);
        return found ? found.label : this.state.figure;
    }

    get kindLabel() {
        const found = this.state.kinds.find(({ name }) => name === this.state.kind);
        return found ? found.label : "";
    }

    get openCell() {
        return parseCell(this.state.cell);
    }

    get isFiltered() {
        return this.env.searchModel.domain.length > 0;
    }

    // ------------------------------------------------------------------
    // Reading
    // ------------------------------------------------------------------

    async loadPage() {
        this.state.loading = true;
        const { offset, limit, order } = this.state;
        try {
            const data = await this.pages.add(
                this.orm.call(MODEL, "get_matrix", [], {
                    filters: this.filters,
                    offset,
                    limit,
                    order,
                })
            );
            if (!data.rows.length && offset) {
                // the page has gone, since what matches became less
                this.state.offset = 0;
                return this.loadPage();
            }
            Object.assign(this.state, { data, error: "", changed: false, loading: false });
            this.say(_t("%s products", data.count));
            this.updateAddress();
        } catch (error) {
            this.state.loading = false;
            this.state.error = error.data?.message || error.message || _t("No connection");
        }
    }

    async loadFigures() {
        try {
            this.state.figures = await this.strips.add(
                this.orm.call(MODEL, "get_figures", [], { filters: this.filters })
            );
            this.state.figuresFailed = false;
        } catch {
            this.state.figuresFailed = true;
        }
    }

    async loadKinds() {
        try {
            this.state.kinds = await this.orm.call(MODEL, "get_place_kinds", []);
        } catch {
            // what the columns are cannot be chosen then; the matrix itself says what is wrong
        }
    }

    refresh() {
        return Promise.all([this.loadPage(), this.loadFigures()]);
    }

    /** Change what is shown of the same products, and read the page. */
    update(changes) {
        Object.assign(this.state, changes);
        return this.loadPage();
    }

    onSearchChanged() {
        this.state.offset = 0;
        const view = JSON.stringify(this.view);
        if (view !== this.appliedView) {
            this.appliedView = view;
            Object.assign(this.state, this.view);
            this.env.searchModel.placeKind = this.state.kind;
        }
        this.state.figures = null;
        this.refresh();
    }

    /** Tell those who listen to the screen. */
    say(text) {
        this.state.said = text.toString();
    }

    updateAddress() {
        this.props.updateActionState(
            formatAddress({ ...this.exported, search: this.env.searchModel.exportQuery() })
        );
    }

    // ------------------------------------------------------------------
    // Doing
    // ------------------------------------------------------------------

    /** Make the columns places of another kind; what belongs to those of the former goes. */
    chooseKind(kind) {
        if (kind === this.state.kind) {
            return;
        }
        const { field, desc } = this.state.order;
        const figure = this.state.figure === "qty_external" ? "qty_available" : this.state.figure;
        Object.assign(this.state, {
            kind,
            figure,
            order: field === "product" || field === "category" ? { field, desc } : PLAIN_ORDER,
            offset: 0,
            cell: "",
        });
        // which reads the page, as any other change of the search
        this.env.searchModel.changePlaceKind(kind);
    }

    chooseFigure(name) {
        const { order } = this.state;
        const byFigure = order.field === this.state.figure;
        this.state.figure = name;
        if (byFigure) {
            // still sorted by what is shown
            return this.update({ order: { ...order, field: name }, offset: 0 });
        }
        this.updateAddress();
    }

    onSort(order) {
        return this.update({ order, offset: 0 });
    }

    onOpenCell(productId, placeId) {
        this.state.cell = formatCell(productId, placeId);
        this.updateAddress();
    }

    onCloseCell() {
        this.state.cell = "";
        this.updateAddress();
        // back to where one came from
        this.root.el.querySelector('.o_iv_cell[tabindex="0"]')?.focus();
    }

    async openFigure(name) {
        const action = await this.orm.call(MODEL, "open_figure", [name], {
            filters: this.filters,
        });
        return this.actionService.doAction(action);
    }

    async pin() {
        await pinView(this.env.searchModel, this.orm, _t("Pinned view"));
        this.appliedView = JSON.stringify(this.view);
        this.notification.add(_t("The dashboard will open like this for you."), {
            type: "success",
        });
    }

    exportMatrix() {
        return download({
            url: "/inventory_visibility/dashboard/xlsx",
            data: {
                domain: JSON.stringify(this.filters.domain),
                place_kind: this.state.kind,
                figure: this.state.figure,
                order: JSON.stringify(this.state.order),
            },
        });
    }

    clearSearch() {
        this.env.searchModel.clearQuery();
        this.env.searchModel.clearSections([...this.env.searchModel.sections.keys()]);
    }
}
