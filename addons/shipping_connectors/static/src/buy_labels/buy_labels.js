import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { _t } from "@web/core/l10n/translation";
import { ConnectionLostError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/**
 * Buys the labels of many deliveries, one after the other, and shows how far it is.
 *
 * Each is a request of its own: what is done stays done when the browser is closed, and what the
 * server bought while nobody listened is used by the next attempt.
 */
export class BuyLabels extends Component {
    static template = "shipping_connectors.BuyLabels";
    static components = { Dialog };
    static props = {
        pickings: { type: Array, element: { type: Object, shape: { id: Number, name: String } } },
        close: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ asked: 0, labels: 0, failures: [], isStopped: false, isOver: false });
        this.buyAll();
    }

    get percent() {
        return Math.round((100 * this.state.asked) / this.props.pickings.length);
    }

    async buyAll() {
        for (const picking of this.props.pickings) {
            if (this.state.isStopped) {
                break;
            }
            await this.buy(picking);
        }
        this.state.isOver = true;
    }

    async buy(picking) {
        try {
            const { labels, error } = await this.orm.call("stock.picking", "buy_labels_of_one", [
                [picking.id],
            ]);
            this.state.labels += labels;
            if (error) {
                this.fail(picking, error);
            }
        } catch (error) {
            if (error instanceof ConnectionLostError) {
                this.state.isStopped = true;
                const message = _t("The server cannot be reached. Buy again: nothing is paid twice.");
                this.fail(picking, message);
            } else {
                this.fail(picking, error.data?.message || error.message);
            }
        }
        this.state.asked++;
    }

    fail(picking, message) {
        // most messages name the delivery themselves
        const named = message.includes(picking.name) ? message : `${picking.name}: ${message}`;
        this.state.failures.push({ ...picking, message: named });
    }

    stop() {
        this.state.isStopped = true;
    }
}

registry.category("actions").add("shipping_connectors.buy_labels", (env, action) => {
    env.services.dialog.add(
        BuyLabels,
        { pickings: action.params.pickings },
        { onClose: () => env.services.action.doAction("soft_reload") }
    );
});
